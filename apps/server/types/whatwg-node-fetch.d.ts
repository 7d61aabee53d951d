/*
 * Stands in for the types of @whatwg-node/fetch, which bring those of the browser into the whole program: GraphQL Yoga needs
 * no more of them than that the package exports the globals of Node.
 */
export declare const fetch: typeof globalThis.fetch;
export declare const Request: typeof globalThis.Request;
export declare const Response: typeof globalThis.Response;
export declare const Headers: typeof globalThis.Headers;
export declare const ReadableStream: typeof globalThis.ReadableStream;
