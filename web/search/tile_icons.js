// Line drawings on a square of 48, chosen by the words of a category path, its last part first.

const circle = (x, y, r) => `M${x} ${y - r}a${r} ${r} 0 1 0 0 ${2 * r}a${r} ${r} 0 1 0 0-${2 * r}z`;

const drawings = {
  headphones: ["M10 30v-5a14 14 0 0 1 28 0v5", "M10 28h5v11h-3a2 2 0 0 1-2-2z", "M38 28h-5v11h3a2 2 0 0 0 2-2z"],
  speaker: ["M14 7h20v34H14z", circle(24, 29, 6), circle(24, 15, 2)],
  phone: ["M16 6h16a2 2 0 0 1 2 2v32a2 2 0 0 1-2 2H16a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z", "M22 37h4"],
  laptop: ["M11 11h26v18H11z", "M6 36h36l-3-7H9z"],
  screen: ["M7 10h34v22H7z", "M17 40h14M24 32v8"],
  camera: ["M8 16h8l3-5h10l3 5h8v21H8z", circle(24, 26, 7)],
  plug: ["M19 7v9M29 7v9M14 16h20v6a10 10 0 0 1-20 0z", "M24 32v9"],
  printer: ["M14 18V8h20v10", "M14 33H8V18h32v15h-6", "M14 27h20v13H14z"],
  keyboard: ["M6 15h36v19H6z", "M12 21h2M19 21h2M26 21h2M33 21h2M15 28h18"],
  watch: [circle(24, 24, 9), "M18 17l1-10h10l1 10M18 31l1 10h10l1-10", "M24 20v4l3 2"],
  network: [circle(24, 33, 2), "M17 26a10 10 0 0 1 14 0M12 20a17 17 0 0 1 24 0"],
  storage: ["M10 12h28v24H10z", "M10 28h28M32 32h2M16 32h8"],
  shirt: ["M17 8l-10 6 4 9 4-2v20h18V21l4 2 4-9-10-6a7 7 0 0 1-14 0z"],
  trousers: ["M15 8h18l3 33h-8l-4-22-4 22h-8z", "M15 14h18"],
  dress: ["M18 7v4a6 6 0 0 0 12 0V7", "M18 11l2 9-9 21h26l-9-21 2-9", "M20 20h8"],
  jacket: ["M17 7l-10 9v22h7V22M31 7l10 9v22h-7V22", "M14 22v19h20V22M17 7l7 7 7-7M24 14v27"],
  shoe: ["M7 17v18h34v-5c0-5-9-3-13-12l-3 2c-4 4-11 3-12-3z", "M7 30h34M25 23l4-2M28 26l3-2"],
  hat: ["M12 28a12 12 0 0 1 24 0", "M5 32c0-2 3-4 7-4h24c4 0 7 2 7 4-5 3-12 4-19 4s-14-1-19-4z"],
  sock: ["M18 7h12v19l-8 12a6 6 0 0 1-10-6l6-9z", "M18 13h12"],
  bag: ["M10 17h28l2 24H8z", "M17 21v-7a7 7 0 0 1 14 0v7"],
  backpack: ["M13 20a11 11 0 0 1 22 0v21H13z", "M19 9V7h10v2M17 28h14v8H17zM13 24H9v12h4M35 24h4v12h-4"],
  cup: ["M9 17h23v13a8 8 0 0 1-8 8h-7a8 8 0 0 1-8-8z", "M32 20h3a5 5 0 0 1 0 11h-3", "M15 7v5M21 7v5M27 7v5"],
  bottle: ["M20 6h8v8l4 7v19a2 2 0 0 1-2 2H18a2 2 0 0 1-2-2V21l4-7z", "M16 27h16"],
  apple: ["M24 17c-4-4-14-2-14 8 0 9 6 16 10 16 2 0 3-1 4-1s2 1 4 1c4 0 10-7 10-16 0-10-10-12-14-8z",
    "M24 17c0-5 2-8 6-10"],
  bread: ["M10 23c-6-3-2-13 6-12h16c8-1 12 9 6 12v15H10z", "M18 20v6M24 20v6M30 20v6"],
  box: ["M9 16l15-8 15 8v17l-15 8-15-8z", "M9 16l15 8 15-8M24 24v17"],
  cheese: ["M7 24L33 10a10 10 0 0 1 8 10v18H7z", "M7 24h34", circle(18, 31, 2), circle(30, 31, 3)],
  sweet: [circle(24, 24, 8), "M17 20L7 15v18l10-5M31 20l10-5v18l-10-5"],
  drill: ["M8 11h20v13H8z", "M28 14h6v7h-6M34 17h8", "M12 24l3 15h8l-2-15"],
  hammer: ["M11 9h19l7 6-2 4H11z", "M19 19h7v22h-7z"],
  screwdriver: ["M20 6h8v15h-8z", "M22 21h4v5l-1 16h-2l-1-16z"],
  saw: ["M5 17h25v10l-3 4-3-4-3 4-3-4-3 4-3-4-4 4-3-4z", "M30 14h9a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4h-9z"],
  wrench: ["M31 8a10 10 0 0 0-9 13L8 35l5 5 14-14a10 10 0 0 0 13-9l-6 4-5-2-2-5z"],
  ruler: ["M6 18h36v13H6z", "M12 18v5M18 18v7M24 18v5M30 18v7M36 18v5"],
  paint: ["M10 8h24v11H10z", "M34 13h6v11H24v6", "M21 30h6v11h-6z"],
  ball: [circle(24, 24, 16), "M8 24h32M24 8c-9 9-9 23 0 32M24 8c9 9 9 23 0 32"],
  blocks: ["M8 26h15v15H8z", "M25 26h15v15H25z", "M16 9h16v15H16z"],
  puzzle: ["M10 15h9a5 5 0 1 1 10 0h9v9a5 5 0 1 0 0 9v8H10z"],
  car: ["M6 32v-8l6-2 5-10h14l6 10 5 2v8z", circle(15, 33, 4), circle(33, 33, 4), "M12 22h25"],
  bear: [circle(24, 26, 12), circle(13, 13, 5), circle(35, 13, 5), "M20 23v1M28 23v1M20 30a5 4 0 0 0 8 0"],
  dice: ["M10 10h28v28H10z", circle(17, 17, 1), circle(31, 31, 1), circle(24, 24, 1), circle(31, 17, 1), circle(17, 31, 1)],
  book: ["M24 13c-4-4-10-4-17-3v27c7-1 13-1 17 3 4-4 10-4 17-3V10c-7-1-13-1-17 3z", "M24 13v27"],
  sofa: ["M11 23v-8a4 4 0 0 1 4-4h18a4 4 0 0 1 4 4v8", "M12 29v-3a4 4 0 0 0-8 0v11h40V26a4 4 0 0 0-8 0v3z", "M10 37v4M38 37v4"],
  lamp: ["M17 8h14l6 16H11z", "M24 24v16M16 41h16"],
  bed: ["M6 11v28M42 39v-9a6 6 0 0 0-6-6H18v8M6 32h36", circle(12, 25, 3)],
  pan: ["M5 20h27v8a8 8 0 0 1-8 8H13a8 8 0 0 1-8-8z", "M32 23h12"],
  kettle: ["M14 18h18l4 23H10z", "M16 18c0-8 14-8 14 0M23 12V8", "M34 28h6V18h-5M12 26l-6-6"],
  knife: ["M8 34L34 8c4 6 2 14-4 20l-8-2-8 8z", "M8 34l6 6"],
  table: ["M6 15h36v6H6z", "M11 21v20M37 21v20"],
  shelf: ["M9 7h30v34H9z", "M9 18h30M9 30h30M16 18v-6M21 18v-6M30 30v-7"],
  plant: ["M15 29h18l-3 12H18z", "M24 29V17M24 23c-8 0-11-5-11-11 8 0 11 5 11 11zM24 19c0-7 3-11 10-11 0 7-4 11-10 11z"],
  towel: ["M12 8h24v33H12z", "M12 33h24M12 36h24"],
  clean: ["M15 22h16v19H15z", "M19 22v-7h8v7M19 11h10l5 4M24 15v-4"],
  tube: ["M15 7h18l-3 27H18z", "M19 34h10v7H19z"],
  brush: ["M21 23h6v18h-6z", "M18 23c0-6 3-9 6-16 3 7 6 10 6 16z"],
  perfume: ["M13 21h22v20H13z", "M19 21v-7h10v7M21 14V8h6v6M33 9h6M33 13h4"],
  tag: ["M27 8h13v13L21 40 8 27z", circle(34, 14, 2)],
};

// Read in order; the first pattern that is part of the lower-case category name decides.
const words = [
  ["headphone|earbud|headset", "headphones"], ["speaker|audio|hi-fi|soundbar|radio", "speaker"],
  ["tablet|phone", "phone"], ["laptop|notebook|computer", "laptop"], ["monitor|television|tvs|tv |screen|projector", "screen"],
  ["camera|photo|lens", "camera"], ["printer|toner|ink", "printer"], ["keyboard|mouse|mice|peripheral", "keyboard"],
  ["watch|wearable", "watch"], ["network|router|wi-fi|smart home", "network"], ["storage|drive|memory", "storage"],
  ["charg|cable|adapter|power bank|batter|plug", "plug"],
  ["t-shirt|shirt|top|blouse|sweater|jumper|hoodie|knit", "shirt"], ["trouser|jean|short|legging|pants", "trousers"],
  ["dress|skirt", "dress"], ["jacket|coat|outerwear", "jacket"], ["shoe|boot|sneaker|sandal|footwear|slipper", "shoe"],
  ["hat|cap|beanie|scarf|glove", "hat"], ["sock|underwear|tights", "sock"], ["backpack|rucksack|luggage", "backpack"],
  ["coffee|tea|cup|mug", "cup"], ["juice|water|drink|oil|vinegar|wine|beer|sauce|bottle|syrup", "bottle"],
  ["bread|baker|cake", "bread"], ["cheese|dairy|milk|yog", "cheese"], ["chocolate|sweet|candy|biscuit|cookie|snack", "sweet"],
  ["pasta|rice|grain|cereal|flour|noodle|bean|spice|pantry", "box"], ["fruit|vegetable|honey|jam|nut", "apple"],
  ["drill|power tool|sander|grinder", "drill"], ["screw|fasten", "screwdriver"], ["saw|cutting", "saw"],
  ["hammer|hand tool|chisel", "hammer"], ["wrench|spanner|socket|plier|plumb", "wrench"],
  ["measur|level|ruler|tape", "ruler"], ["paint|decorat|glue|adhesive", "paint"],
  ["puzzle|jigsaw", "puzzle"], ["board game|game|card", "dice"], ["vehicle|train|car", "car"],
  ["plush|doll|bear|figure|soft toy", "bear"], ["block|construction|building", "blocks"], ["outdoor|ball|sport", "ball"],
  ["novel|fiction|book|cook|travel|history|science|child", "book"],
  ["sofa|couch|armchair|seating", "sofa"], ["lamp|light", "lamp"], ["bedding|bed|mattress|pillow|duvet", "bed"],
  ["kettle|appliance|toaster|blender", "kettle"], ["pan|cookware|pot", "pan"], ["knife|knives|cutlery|utensil|tableware", "knife"],
  ["table|desk|furniture|chair", "table"], ["shel|cabinet|wardrobe|organis", "shelf"], ["garden|plant|seed", "plant"],
  ["towel|bath|textile|curtain|rug|linen|cushion", "towel"], ["clean|laundry|soap|detergent", "clean"],
  ["perfume|fragrance|scent|cologne", "perfume"], ["brush|makeup|make-up|cosmetic|nail|lip", "brush"],
  ["skin|cream|hair|shampoo|care|sun|dental|oral", "tube"], ["bag|case|wallet|purse", "bag"],
  ["electronics", "plug"], ["clothing", "shirt"], ["grocer", "apple"], ["tool", "wrench"], ["toy", "blocks"],
  ["home", "lamp"], ["beauty", "tube"],
].map(([pattern, name]) => [pattern.split("|"), name]);

export const drawingSize = 48;

export function drawing(categoryParts) {
  for (const part of [...categoryParts].reverse()) {
    const name = `${part.toLowerCase()} `;
    const found = words.find(([patterns]) => patterns.some((pattern) => name.includes(pattern)));
    if (found) return drawings[found[1]];
  }
  return drawings.tag;
}
