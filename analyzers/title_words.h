// Words of titles that say nothing of what the product is, and on which side of a name its head stands.
#pragma once
#include <string_view>

namespace aisle {

// "for", "with", "of": what follows is what the product is for, has or is made of ("case for a laptop").
// Folded. Of all languages at once, for shops mix them.
bool is_link_word(std::string_view word);

// "black", "schwarz": titles often end with it, and still it is no head. Folded, of all languages at once.
bool is_colour(std::string_view word);

// Whether the head of a name stands before what describes it: French "housse noire", English "black case".
bool names_head_first(std::string_view language);

}  // namespace aisle
