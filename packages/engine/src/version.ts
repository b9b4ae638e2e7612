/** The version of the packages, as it stands in each package.json. */
export const version = '0.1.0'
