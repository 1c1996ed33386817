#include "schemas/name_rules.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

TEST(NameRules, LengthsAreAllowedUpToTheirLimit) {
  const auto letters = [](std::size_t count) { return std::string(count, 'a'); };
  EXPECT_TRUE(is_index_name(letters(64)));
  EXPECT_FALSE(is_index_name(letters(65)));
  EXPECT_TRUE(is_field_name(letters(64)));
  EXPECT_FALSE(is_field_name(letters(65)));
  EXPECT_TRUE(is_record_key(letters(128)));
  EXPECT_FALSE(is_record_key(letters(129)));
  EXPECT_TRUE(is_table_name(letters(63) + "." + letters(63)));
  EXPECT_FALSE(is_table_name(letters(63) + "." + letters(64)));
  EXPECT_TRUE(is_slot_name(letters(63)));
  EXPECT_FALSE(is_slot_name(letters(64)));
  EXPECT_TRUE(is_json_pointer("/" + letters(511)));
  EXPECT_FALSE(is_json_pointer("/" + letters(512)));
}

TEST(NameRules, EmptyNamesAreRefused) {
  for (const auto rule : {is_index_name, is_field_name, is_record_key, is_sql_name, is_table_name,
                          is_slot_name, is_json_pointer, holds_first_parameter}) {
    EXPECT_FALSE(rule(""));
  }
  EXPECT_FALSE(is_table_name("public."));
  EXPECT_FALSE(is_table_name(".products"));
}

TEST(NameRules, SlotNameOfAnIndexSuitsPostgresAndTellsIndexesApart) {
  EXPECT_EQ(default_slot_name("products"), "aisle_products");
  EXPECT_EQ(default_slot_name("shop-de"), "aisle_shop_de");
  const std::string stem(60, 'p');
  EXPECT_NE(default_slot_name(stem + "_one"), default_slot_name(stem + "_two"));
  EXPECT_TRUE(is_slot_name(default_slot_name(stem + "_one")));
}

TEST(NameRules, FirstParameterIsNotTheTwelfth) {
  EXPECT_TRUE(holds_first_parameter("id = ANY($1)"));
  EXPECT_TRUE(holds_first_parameter("$12 $1"));
  EXPECT_FALSE(holds_first_parameter("$12, $2"));
}

}  // namespace
}  // namespace aisle
