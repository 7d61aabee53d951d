// The default theme with fonts would ship Inter, which has no Korean.
import "./style.css";

export { default } from "vitepress/theme-without-fonts";
