/* test_slot: hash slots of keys, with and without a hash tag. */
#include "../unit.h"

static void slots_of_keys(void)
{
    static const struct {
        rk_slice key;
        uint16_t slot;
    } rows[] = {
        { BYTES(""), 0 },
        { BYTES("123456789"), 0x31c3 },
        { BYTES("foo"), 12182 },
        { BYTES("bar"), 5061 },
        { BYTES("somekey"), 11058 },
        { BYTES("foo{hash_tag}"), 2515 },
        { BYTES("bar{hash_tag}"), 2515 },
        { BYTES("{user1000}.following"), 3443 },
        { BYTES("{user1000}.followers"), 3443 },
        { BYTES("foo{}{bar}"), 8363 },    /* an empty tag: the whole key */
        { BYTES("foo{{bar}}zap"), 4015 }, /* the tag is `{bar` */
        { BYTES("foo{bar}{zap}"), 5061 }, /* the first tag */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CU_ASSERT_EQUAL(rk_key_slot(rows[i].key), rows[i].slot);
    CU_ASSERT_NOT_EQUAL(rk_key_slot(BYTES("a{bar")), rk_key_slot(BYTES("bar")));
    CU_ASSERT_NOT_EQUAL(rk_key_slot(BYTES("a}{bar")), rk_key_slot(BYTES("bar")));
    CU_ASSERT_EQUAL(rk_key_slot(BYTES("\0{a\0b}")), rk_key_slot(BYTES("a\0b")));
}

UNIT_MAIN("slot", { "the slot of a key, or of its tag", slots_of_keys })
