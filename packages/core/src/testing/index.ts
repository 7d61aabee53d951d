export { type ReceivedCallback, type Receiver, startReceiver } from "./receiver.ts";
export { startYahooServer, type YahooBar, type YahooChart, type YahooServer } from "./yahoo-server.ts";
