/**
 * @typedef {import("../page/lib/shapes.js").Message} Message
 *
 * One change of the chat, as its event tells it.
 * @typedef {{op: "add" | "edit" | "remove", message: Message}} ChatChange
 */

/** So many of the newest messages are kept; who wants older ones asks for them. */
export const MOST_MESSAGES = 200;

/**
 * The newest messages after one change. The answer to a call and its event may both tell of it.
 * @param {Message[]} chat the oldest first
 * @param {ChatChange} change
 * @returns {Message[]}
 */
export function changeChat(chat, { op, message }) {
  const at = chat.findIndex(({ id }) => id === message.id);
  if (op === "remove") return at < 0 ? chat : chat.toSpliced(at, 1);
  if (at >= 0) return chat.with(at, message);
  if (op === "edit") return chat;
  const behind = chat.findLastIndex(({ id }) => id < message.id) + 1;
  return chat.toSpliced(behind, 0, message).slice(-MOST_MESSAGES);
}
