import { createRoot } from "react-dom/client";
import { startLanguage } from "./i18n";
import { App } from "./shell/App";
import { startTheme } from "./shell/theme";
import "./style/tokens.css";
import "./style/base.css";
import "./kit/kit.css";

startTheme();
startLanguage();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
