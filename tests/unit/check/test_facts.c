/* The facts of a snapshot: counts by database, type and encoding, what stands beside the keys, the biggest keys, and
 * Sidekiq's places with their jobs. */
#include "unit.h"

#include "subject.h"

/* ---- records by hand --------------------------------------------------------------------------------------------- */

static check_facts *facts_new(size_t top)
{
    rk_err err = { 0 };
    return check_facts_new(top, &err);
}

static void add_key(check_facts *facts, const char *name, uint32_t db, uint64_t bytes)
{
    rk_err err = { 0 };
    rk_key key = { .db = db,
                   .name = rk_slice_of(name),
                   .type = RK_STRING,
                   .encoding = "string",
                   .expire_ms = RK_NO_EXPIRY,
                   .idle_s = -1,
                   .frequency = -1 };
    CU_ASSERT(check_facts_key(facts, &key, 1, bytes, &err));
}

static void add_aux(check_facts *facts, rk_slice name, rk_slice value)
{
    rk_err err = { 0 };
    rk_record rec = { .kind = RK_RECORD_AUX, .name = name, .value = value, .engine = RK_EMPTY };
    CU_ASSERT(check_facts_record(facts, &rec, 250, &err));
}

static void the_biggest(void)
{
    static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g" };
    static const uint64_t sizes[] = { 5, 9, 2, 9, 7, 1, 9 };
    check_facts *facts = facts_new(4);
    rk_err err = { 0 };
    for (size_t i = 0; i < 7; i++)
        add_key(facts, names[i], 0, sizes[i]);
    CU_ASSERT(check_facts_end(facts, NULL, -1, &err));
    const rk_facts *f = check_facts_of(facts);
    CU_ASSERT_EQUAL(f->biggest_count, 4);
    for (size_t i = 0; i < 4; i++) /* of those as big, the first ones */
        CU_ASSERT(rk_slice_is(f->biggest[i].name, rk_slice_of(((const char *[]){ "b", "d", "g", "e" })[i])));
    check_facts_free(facts);
    facts = facts_new(0);
    add_key(facts, "a", 0, 5);
    CU_ASSERT(check_facts_end(facts, NULL, -1, &err));
    CU_ASSERT_EQUAL(check_facts_of(facts)->biggest_count, 0);
    check_facts_free(facts);
}

static void many_databases(void)
{
    check_facts *facts = facts_new(0);
    for (uint32_t i = 0; i < 3000; i++)
        add_key(facts, "k", i * 7919 % 3001, 10);
    const rk_facts *f = check_facts_of(facts);
    CU_ASSERT_EQUAL(f->db_count, RK_FACTS_DBS);
    CU_ASSERT_EQUAL(f->keys_elsewhere, 3000 - RK_FACTS_DBS);
    for (size_t i = 1; i < f->db_count; i++)
        CU_ASSERT(f->dbs[i - 1].db < f->dbs[i].db && f->dbs[i].keys[RK_STRING] == 1);
    check_facts_free(facts);
}

static void aux_fields(void)
{
    check_facts *facts = facts_new(0);
    char name[2000];
    for (int i = 0; i < 5000; i++)
        add_aux(facts, RK_TEXT("slot-info"), RK_TEXT("1,2,3"));
    add_aux(facts, RK_TEXT("keydb-subexpire-key"), RK_TEXT("m"));
    for (int i = 0; i < 5000; i++) {
        int len = snprintf(name, sizeof name, "name %d", i);
        add_aux(facts, (rk_slice){ (uint8_t *)name, (size_t)len }, RK_EMPTY);
    }
    const rk_facts *f = check_facts_of(facts);
    CU_ASSERT_EQUAL(f->aux_count, RK_FACTS_AUX);
    CU_ASSERT_EQUAL(f->aux[0].count, 5000);
    CU_ASSERT_EQUAL(f->aux_elsewhere, 5002 - RK_FACTS_AUX);
    CU_ASSERT_EQUAL(f->traits[RK_TRAIT_SUB_KEY_EXPIRY].count, 1);
    CU_ASSERT_EQUAL(f->opcodes[250], 10001);
    check_facts_free(facts);
    facts = facts_new(0);
    memset(name, 'x', sizeof name);
    add_aux(facts, (rk_slice){ (uint8_t *)name, sizeof name }, (rk_slice){ (uint8_t *)name, sizeof name });
    CU_ASSERT_EQUAL(check_facts_of(facts)->aux[0].name.len, RK_FACTS_NAME);
    CU_ASSERT_EQUAL(check_facts_of(facts)->aux[0].value.len, 256);
    check_facts_free(facts);
}

static void function_names(void)
{
    static const struct {
        const char *code, *name;
    } rows[] = {
        { "#!lua name=mylib\nredis.register_function()", "mylib" },
        { "#!lua   name=a\r\nx", "a" },
        { "#!LUA flags=no-writes name=b", "b" },
        { "#!lua rename=c\n name=d", "" },
        { "name=e", "" },
        { "", "" },
    };
    check_facts *facts = facts_new(0);
    rk_err err = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_record rec = { .kind = RK_RECORD_FUNCTION,
                          .name = RK_EMPTY,
                          .engine = RK_EMPTY,
                          .value = rk_slice_of(rows[i].code) };
        CU_ASSERT(check_facts_record(facts, &rec, 245, &err));
        CU_ASSERT(rk_slice_is(check_facts_of(facts)->functions[i], rk_slice_of(rows[i].name)));
    }
    check_facts_free(facts);
}

static void examples_are_the_first(void)
{
    check_facts *facts = facts_new(0);
    rk_err err = { 0 };
    char text[8] = "first";
    rk_key key = { .db = 3, .name = rk_slice_of(text), .expire_ms = RK_NO_EXPIRY };
    CU_ASSERT(check_facts_trait(facts, RK_TRAIT_EMPTY, 1, NULL, &err));
    CU_ASSERT(check_facts_trait(facts, RK_TRAIT_EMPTY, 2, &key, &err));
    memcpy(text, "other", 5);
    CU_ASSERT(check_facts_trait(facts, RK_TRAIT_EMPTY, 3, &key, &err));
    const rk_trait *trait = &check_facts_of(facts)->traits[RK_TRAIT_EMPTY];
    CU_ASSERT_EQUAL(trait->count, 6);
    CU_ASSERT(trait->has_example && trait->db == 3 && rk_slice_is(trait->key, RK_TEXT("first")));
    CU_ASSERT(check_facts_trait(facts, RK_TRAIT_FIELD_TTL, 4, &key, &err));
    CU_ASSERT(check_facts_trait(facts, RK_TRAIT_FIELD_TTL, 5, &key, &err));
    CU_ASSERT_EQUAL(check_facts_of(facts)->traits[RK_TRAIT_FIELD_TTL].count, 2);
    CU_ASSERT_EQUAL(check_facts_of(facts)->field_ttls, 9);
    check_facts_free(facts);
}

/* ---- a real file --------------------------------------------------------------------------------------------------- */

static uint64_t jobs_of(const rk_layouts *layouts, const char *place)
{
    uint64_t jobs = 0;
    for (size_t i = 0; i < layouts->place_count; i++)
        if (rk_slice_is(layouts->places[i]->name, rk_slice_of(place)))
            jobs += layouts->places[i]->jobs;
    return jobs;
}

static void a_real_sidekiq(void)
{
    read_facts s;
    CU_ASSERT_FATAL(subject_open(&s, "testdata/sidekiq/lost_tail/old.rdb", 3, true));
    const rk_facts *f = check_facts_of(s.facts);
    uint64_t keys = 0, bytes = 0, jobs = 0;
    for (size_t i = 0; i < f->encoding_count; i++)
        keys += f->encodings[i].keys;
    for (unsigned t = 0; t <= RK_OTHER; t++)
        bytes += f->dbs[0].bytes[t];
    CU_ASSERT_EQUAL(f->keys, 21);
    CU_ASSERT_EQUAL(keys, 21);
    CU_ASSERT(bytes > 70000 && bytes < 72192); /* all but the header and the end */
    CU_ASSERT_FATAL(f->sidekiq != NULL);
    for (size_t i = 0; i < f->sidekiq->place_count; i++)
        jobs += f->sidekiq->places[i]->jobs;
    CU_ASSERT_EQUAL(jobs, 489);
    CU_ASSERT_EQUAL(jobs_of(f->sidekiq, "queue:mailers"), 47);
    CU_ASSERT(f->jobs_looked_into);
    CU_ASSERT_EQUAL(f->job_forms[RK_FORM_BROKEN].count, 0);
    CU_ASSERT_EQUAL(f->job_forms[RK_FORM_NO_JID].count, 0);
    subject_close(&s);
}

/* A work hash is counted, and not kept. */
static void jobs_in_hand(void)
{
    read_facts s;
    CU_ASSERT_FATAL(subject_open(&s, "testdata/sidekiq/in_progress/new.rdb", 3, false));
    const rk_facts *f = check_facts_of(s.facts);
    uint64_t held = 0;
    CU_ASSERT_FATAL(f->sidekiq != NULL);
    for (size_t i = 0; i < f->sidekiq->place_count; i++)
        held += f->sidekiq->places[i]->kind == RK_PLACE_WORK ? f->sidekiq->places[i]->jobs : 0;
    CU_ASSERT(held > 0);
    CU_ASSERT_EQUAL(f->sidekiq->held_count, 0);
    CU_ASSERT(f->sidekiq->items[0]->process_count > 0 && f->sidekiq->items[0]->processes[0].alive);
    subject_close(&s);
}

/* ---- limits ---------------------------------------------------------------------------------------------------------- */

/* Of any number of keys that may be Sidekiq's, so many are kept; the rest is counted. */
static void too_many_candidates(void)
{
    check_facts *facts = facts_new(0);
    rk_err err = { 0 };
    char name[5000];
    rk_key key = {
        .type = RK_LIST, .encoding = "x", .expire_ms = RK_NO_EXPIRY, .idle_s = -1, .frequency = -1
    };
    for (int i = 0; i < 60000; i++) {
        key.offset = (uint64_t)i;
        key.name = (rk_slice){ (uint8_t *)name, (size_t)snprintf(name, sizeof name, "queue:%d", i) };
        CU_ASSERT(check_facts_key(facts, &key, 1, 10, &err));
    }
    CU_ASSERT_EQUAL(check_facts_of(facts)->sidekiq_unseen, 10000);
    check_facts_free(facts);
    facts = facts_new(0);
    memset(name, 'a', sizeof name);
    memcpy(name, "queue:", 6);
    key.name = (rk_slice){ (uint8_t *)name, sizeof name };
    CU_ASSERT(check_facts_key(facts, &key, 1, 10, &err));
    key.name.len = 4000;
    for (int i = 0; i < 3000; i++)
        CU_ASSERT(check_facts_key(facts, &key, 1, 10, &err));
    CU_ASSERT_EQUAL(check_facts_of(facts)->sidekiq_unseen, 1 + 3000 - 8 * 1024 * 1024 / 4000);
    check_facts_free(facts);
}

/* The n-th allocation fails, for every n: the facts are whole, or there is an error that says so. */
static void memory_runs_short(void)
{
    bool ok = false;
    for (int64_t n = 0; !ok && n < 5000; n++) {
        read_facts s;
        rk_alloc_fail_after(n);
        ok = subject_open(&s, "testdata/sidekiq/in_progress/new.rdb", 3, true);
        rk_alloc_fail_after(-1);
        CU_ASSERT(ok || s.err.code == RK_NO_MEMORY);
        if (ok)
            CU_ASSERT(check_facts_of(s.facts)->sidekiq != NULL);
        subject_close(&s);
    }
    CU_ASSERT(ok);
}

UNIT_MAIN("facts", { "the biggest keys, ties by order", the_biggest },
          { "more databases than are told apart", many_databases },
          { "AUX fields by name, however many", aux_fields },
          { "names of function libraries", function_names },
          { "examples are the first key with a trait", examples_are_the_first },
          { "a real Sidekiq: places and jobs", a_real_sidekiq }, { "jobs in hand are counted", jobs_in_hand },
          { "more keys that may be Sidekiq's than are kept", too_many_candidates },
          { "memory that runs short", memory_runs_short })
