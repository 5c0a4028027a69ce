/** What the workers of piscina run in the case `map`. */
export default (item) => item * 2;
