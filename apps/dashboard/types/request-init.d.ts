/**
 * The types of the service come with its sources, which Node's `fetch` gives a dispatcher. The DOM's types, which the page needs, do
 * not know it.
 */
interface RequestInit {
  dispatcher?: unknown;
}
