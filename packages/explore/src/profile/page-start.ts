/** What every page begins with, so that one is known from the file of somebody else. */
export const pageStart = '<!doctype html>\n<!-- a profile by fletching -->'
