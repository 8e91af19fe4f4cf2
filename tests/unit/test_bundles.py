"""Scripts and styles are joined with what they import, and do what they did apart."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from musicrooms.bundling.scripts import Scripts
from musicrooms.bundling.styles import Styles
from tests.support import patient
from tools.people import Lounge
from tools.server import ROOT, Server

PAGE = """\
import { add, one as first } from "./parts/add.js";
import { tell } from "./tell.js";
/** Not `import { this } from "./comment.js"`. */
const one = "its own";
tell(add(first, 1), one);
"""
ADD = """\
import { tell } from "../tell.js";
export const one = 1;
export function add(a, b) {
  tell("adding"); // once
  return a + b;
}
"""
TELL = """\
export const told = [];
export class Teller {}
export async function later() {}
export function tell(...what) {
  console.log(...what);
}
"""
MODULES = {"app/page.js": PAGE, "app/parts/add.js": ADD, "app/tell.js": TELL}


def test_a_script_that_nothing_imports_is_a_root_and_all_others_are_parts() -> None:
    scripts = Scripts({**MODULES, "app/lone.js": "", "app/page.css": ""})
    assert scripts.roots == ["app/lone.js", "app/page.js"]
    assert scripts.parts == {"app/parts/add.js", "app/tell.js"}


def test_a_linked_script_does_what_its_modules_did(tmp_path: Path) -> None:
    linked = tmp_path / "linked.mjs"
    linked.write_text(Scripts(MODULES).joined("app/page.js"))
    assert subprocess.check_output(["node", linked], text=True).split("\n") == ["adding", "2 its own", ""]
    assert "import" not in linked.read_text()


def test_a_module_that_two_import_runs_once() -> None:
    assert Scripts(MODULES).joined("app/page.js").count("class Teller") == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('import { a } from "module";\n', "'module'; only paths that begin with a dot"),
        ('import { a } from "./none.js";\n', "'./none.js', which does not exist"),
    ],
)
def test_an_import_that_leads_nowhere_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        Scripts({"app/page.js": text})


@pytest.mark.parametrize(
    "text",
    [
        'import tell from "./tell.js";\n',
        'import * as all from "./tell.js";\n',
        'import "./tell.js";\n',
        "export default 1;\n",
        "export let count = 1;\n",
        "const one = 1;\nexport { one };\n",
        "await later();\n",
        'const tell = () => import("./tell.js");\n',
        "const here = import.meta.url;\n",
    ],
)
def test_what_cannot_be_linked_is_refused_and_not_broken(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be linked; allowed are named imports"):
        Scripts({**MODULES, "app/odd.js": text}).joined("app/odd.js")


def test_modules_that_import_each_other_are_refused() -> None:
    modules = {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'}
    with pytest.raises(ValueError, match=r"b\.js"):
        Scripts(modules).in_order("a.js")


def test_a_style_holds_what_it_imports_before_its_own() -> None:
    styles = {
        "app/room.css": '@import "./base.css";\n@import "./deck.css";\nroom {}\n',
        "app/deck.css": '@import "./base.css";\ndeck {}\n',
        "app/base.css": "base {}\n",
    }
    assert Styles(styles).roots == ["app/room.css"]
    assert Styles(styles).joined("app/room.css") == "base {}\ndeck {}\nroom {}\n"


def test_styles_stand_in_the_order_in_which_they_are_imported() -> None:
    """Where two rules weigh the same the later one counts, however deep its file is imported."""
    styles = Styles(
        {
            "page.css": '@import "./common.css";\n@import "./part.css";\nlast {}\n',
            "common.css": '@import "./tokens.css";\n@import "./base.css";\n',
            "tokens.css": "tokens {}\n",
            "base.css": '@import "./tokens.css";\nbase {}\n',
            "part.css": "part {}\n",
        }
    )
    assert styles.joined("page.css") == "tokens {}\nbase {}\npart {}\nlast {}\n"


def test_every_script_and_style_of_ours_can_be_joined() -> None:
    folders = {app: ROOT / app / "static" for app in ("players", "rooms")}
    paths = [(path, path.relative_to(folder)) for folder in folders.values() for path in folder.rglob("*.[cj]s*")]
    texts = {str(name): path.read_text() for path, name in paths}
    assert len(texts) > 80
    for bundles in (Scripts(texts), Styles(texts)):
        for root in bundles.roots:
            assert bundles.joined(root)


def test_a_page_needs_one_script_and_one_style(server: Server, lounge: Lounge) -> None:
    for page in ("/", f"/r/{lounge.slug}"):
        text = patient.get(server.url + page).text
        links = re.findall(r'(?:<script[^>]* src|rel="stylesheet" href)="([^"]+)"', text)
        assert [link.rpartition(".")[2] for link in links] == ["css", "js"]
        for link in links:
            assert re.search(r"\.[0-9a-f]{12}\.(css|js)$", link), f"{link} is not named by its content"
            found = patient.get(server.url + link)
            assert "import" not in re.sub(r"!important|/\*.*?\*/", "", found.text, flags=re.DOTALL)
            assert "max-age=315360000" in found.headers["cache-control"]


def test_files_are_kept_under_hashed_names_alone_and_without_what_no_page_refers_to(prepared: Path) -> None:
    static = prepared / "static"
    names = sorted(str(path.relative_to(static)) for path in static.rglob("*") if path.is_file())
    assert [name for name in names if not re.search(r"\.[0-9a-f]{12}(\.|$)", name)] == ["staticfiles.json"]
    assert any("swagger-ui" in name for name in names)
    assert not any("redoc" in name for name in names)
