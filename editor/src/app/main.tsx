import { createRoot } from "react-dom/client";
import { startLanguage } from "../platform/i18n";
import { startTheme } from "../platform/kit/theme";
import { App } from "./shell/App";
import { firstWords } from "./words/first";
import "../style/tokens.css";
import "../style/base.css";
import "../platform/kit/kit.css";

startTheme();
startLanguage(firstWords);
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
