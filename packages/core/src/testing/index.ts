export { anyCharacter } from "./any-character.ts";
export { frozenAllocations, frozenCrossovers } from "./frozen/read-frozen.ts";
export { marketOf, spyPrices } from "./prices.ts";
export { type PriceSite, type SiteAnswer, type SiteRequest, startPriceSite } from "./price-site.ts";
export { type ReceivedCallback, type Receiver, startReceiver } from "./receiver.ts";
export { type Service, startService } from "./service.ts";
export { isAvailable, sharedFile } from "./shared-file.ts";
export { startYahooServer, type YahooBar, type YahooChart, type YahooServer } from "./yahoo-server.ts";
