import { words } from "./words.js";

/** An answer that takes longer is lost with its network, which browsers notice after minutes. A file takes its time. */
const GIVE_UP_MS = 30_000;

/** What the server refused, in its own sentence. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** What to tell people of a call that failed. @param {unknown} problem */
export function sentenceOf(problem) {
  return problem instanceof Refusal ? problem.message : words.problems.unknown;
}

/**
 * @param {string} method
 * @param {string} url
 * @param {object} [body]
 * @returns {Promise<any>}
 */
export function fetchJson(method, url, body) {
  const json = body === undefined ? undefined : JSON.stringify(body);
  return fetchAnswer(method, url, json, { "Content-Type": "application/json" });
}

/**
 * @param {string} method
 * @param {string} url
 * @param {string | URLSearchParams | File} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export async function fetchAnswer(method, url, body, headers = {}) {
  const response = await fetch(url, {
    method,
    body,
    signal: body instanceof File ? undefined : AbortSignal.timeout(GIVE_UP_MS),
    headers: {
      Accept: "application/json",
      "X-CSRFToken": csrfToken(),
      ...(body === undefined ? {} : headers),
    },
  }).catch(() => {
    throw new Refusal("offline", words.problems.offline);
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  throw new Refusal(answer?.error?.code ?? "unknown", answer?.error?.message ?? words.problems.unknown);
}

/**
 * From the cookie, which is newer than the page where another tab signed in or out meanwhile.
 *
 * @returns {string}
 */
export function csrfToken() {
  const cookie = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
  return cookie?.[1] ?? document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}
