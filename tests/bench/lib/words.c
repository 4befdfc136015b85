/* words: see words.h. */
#include "words.h"

#include "text.h"

static const char *const words[] = {
    "invoice",   "shipment", "please",   "customer", "the",        "order",   "was",    "not",
    "delivered", "because",  "address",  "is",       "incomplete", "refund",  "within", "days",
    "Zürich",    "Straße",   "naïve",    "façade",   "Ελλάδα",     "東京",    "日本語", "Привет",
    "payment",   "method",   "declined", "by",       "issuer",     "retry",   "after",  "review",
    "warehouse", "north",    "pallet",   "and",      "carton",     "weight",  "of",     "grams",
    "monthly",   "report",   "for",      "region",   "with",       "totals",  "per",    "category",
    "crème",     "brûlée",   "Łódź",     "smörgås",  "☂",          "😀",       "señor",  "über",
    "contract",  "signed",   "on",       "behalf",   "account",    "manager", "to",     "follow",
};
enum { WORDS = sizeof words / sizeof words[0] };

static const char *const names[] = { "ada",     "zoe.mueller", "j.smith", "li.wei",  "maria",
                                     "o.nagy",  "k.tanaka",    "amira",   "p.novak", "sofia",
                                     "t.olsen", "y.kaya",      "r.dubois" };
static const char *const hosts[] = { "example.com", "mail.example.org", "shop.example.net", "example.co.uk" };

const char *gen_word(gen_rng *rng)
{
    return words[gen_below(rng, WORDS)];
}

void gen_add_words(rk_buf *out, gen_rng *rng, size_t len)
{
    size_t end = out->len + len;
    gen_add_word(out, gen_word(rng));
    while (out->len < end) {
        gen_add_byte(out, ' ');
        gen_add_word(out, gen_word(rng));
    }
}

void gen_add_email(rk_buf *out, gen_rng *rng)
{
    gen_add_word(out, names[gen_below(rng, sizeof names / sizeof names[0])]);
    gen_add_int(out, gen_below(rng, 10000));
    gen_add_byte(out, '@');
    gen_add_word(out, hosts[gen_below(rng, sizeof hosts / sizeof hosts[0])]);
}

void gen_add_uuid(rk_buf *out, gen_rng *rng)
{
    static const uint8_t parts[] = { 8, 4, 4, 4, 12 };
    for (size_t i = 0; i < sizeof parts; i++) {
        if (i)
            gen_add_byte(out, '-');
        gen_add_hex(out, gen_next(rng), parts[i]);
    }
}
