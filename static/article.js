// What script adds to the page of an article. Without it every link works, and leads to the same places.

import { copyOnClick } from "./copy.js";
import { stepThroughMarks } from "./marks.js";
import { offerPassages } from "./passage.js";

const story = document.querySelector(".story");
stepThroughMarks(story);
offerPassages(story);
copyOnClick(document);
