export { type ReceivedCallback, type Receiver, startReceiver } from "./receiver.ts";
