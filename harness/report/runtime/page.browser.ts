import { upgradeCharts } from "./charts.browser.ts";
import { offerDownloads } from "./downloads.browser.ts";
import { upgradeTables } from "./tables.browser.ts";
import { wordsOfPage } from "./words.browser.ts";

/*
 * The one script of a report. The page is whole without it: it adds what a page alone cannot do. Elements are made by the DOM, so that nothing a run contains becomes
 * markup.
 */
const words = wordsOfPage();
upgradeTables(words);
offerDownloads(words);
upgradeCharts(words);
