import { sentenceOf } from "../lib/fetch_json.js";
import { element, iconButton, optionalPart, part, write } from "../lib/dom.js";
import { focusFirst } from "../lib/focus.js";
import { ownLists } from "../lib/lists_api.js";
import { oneAtATime } from "../lib/one_at_a_time.js";
import { words } from "../lib/words.js";

/**
 * The account's own lists below the queue: saving the queue as one, and loading one. Nothing without an account.
 *
 * @param {ParentNode} root
 * @param {string} slug
 * @param {boolean} canAdd
 * @param {(text: string) => void} say
 */
export function listsPanel(root, slug, canAdd, say) {
  const panel = optionalPart(root, "own-lists", HTMLDetailsElement);
  if (!panel) return;
  const problem = part(panel, "lists-problem", HTMLElement);
  const rows = part(panel, "lists-rows", HTMLElement);

  /** @param {() => Promise<string>} deed says what was done */
  const attempt = async (deed) => {
    problem.hidden = true;
    try {
      const told = await deed();
      if (told) say(told);
    } catch (refusal) {
      write(problem, sentenceOf(refusal));
      problem.hidden = false;
    }
  };

  const show = async () => {
    const lists = await ownLists.all();
    rows.replaceChildren(...lists.map((list) => row(list)));
    return "";
  };

  /** @param {import("../lib/lists_api.js").OwnList} list */
  const row = (list) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet wide";
    button.disabled = !canAdd || !list.length;
    button.append(element("bdi", "clip", list.name), words.tracks(list.length));
    button.title = words.loadList(list.name);
    const load = oneAtATime(() =>
      attempt(async () => words.addedHere((await ownLists.load(list.id, slug)).items.length)),
    );
    button.addEventListener("click", () => void load());
    const item = document.createElement("li");
    item.append(button);
    // What the favourites are called is the heart's.
    if (list.is_favourites) return item;
    const pencil = iconButton("button quiet icon-only", "pencil", words.renameList(list.name));
    pencil.addEventListener("click", () => edit(item, list));
    item.append(pencil);
    return item;
  };

  /**
   * The name as a field, in place of the row.
   *
   * @param {HTMLElement} item
   * @param {import("../lib/lists_api.js").OwnList} list
   */
  const edit = (item, list) => {
    const field = nameField(list.name);
    const leave = (/** @type {import("../lib/lists_api.js").OwnList} */ kept) => {
      const again = row(kept);
      item.replaceWith(again);
      focusFirst(again.lastElementChild);
    };
    field.addEventListener("submit", (event) => {
      event.preventDefault();
      const name = String(new FormData(field).get("name") ?? "");
      void attempt(async () => {
        leave(await ownLists.rename(list.id, name));
        return words.saved;
      });
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      leave(list);
    });
    item.replaceChildren(field);
    field.querySelector("input")?.select();
  };

  panel.addEventListener("toggle", () => panel.open && attempt(show));
  const form = part(panel, "save-list", HTMLFormElement);
  const save = oneAtATime(() =>
    attempt(async () => {
      const made = await ownLists.save(String(new FormData(form).get("name") ?? ""), slug);
      form.reset();
      await show();
      return words.listSaved(made.name);
    }),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
}

/** @param {string} name */
function nameField(name) {
  const form = document.createElement("form");
  form.noValidate = true;
  const input = document.createElement("input");
  Object.assign(input, { name: "name", value: name, maxLength: 80, dir: "auto", autocomplete: "off" });
  input.setAttribute("aria-label", words.renameList(name));
  const save = document.createElement("button");
  save.className = "button soft";
  save.textContent = words.chat.save;
  const field = document.createElement("div");
  field.className = "field";
  field.append(input, save);
  form.append(field);
  return form;
}
