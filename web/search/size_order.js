// Sizes in the order of a shop's shelf: XS before S before M, then numbers by value, then the rest by name.

const letters = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "2XL", "XXXL", "3XL", "4XL", "5XL"];
const byName = new Intl.Collator("en", { numeric: true });

function rank(size) {
  const letter = letters.indexOf(size.toUpperCase());
  if (letter >= 0) return letter;
  return /^\d/.test(size) ? letters.length : letters.length + 1;
}

export function compareSizes(a, b) {
  return rank(a) - rank(b) || byName.compare(a, b);
}
