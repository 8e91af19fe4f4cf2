/**
 * This page as the server would deliver it now: what only the server makes, such as links, is taken from there.
 *
 * @returns {Promise<Document | null>} null if it cannot be had for now
 */
export async function freshPage() {
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null;
  }
}
