/* private: lists of jobs in hand, by the names that the fetchers give them (spec: Sidekiq, "Keys of the commercial
 * editions", "Keys of community gems"). */
#include "layout.h"

/* queue:sq|IDENTITY|QUEUE (Pro 3.5 and later), queue:sq_IDENTITY_QUEUE (3.4) */
static bool super_fetch(rk_slice rest, rk_slice *queue, rk_slice *owner)
{
    uint8_t mark = rest.len > 3 ? rest.ptr[2] : 0;
    if (!rk_slice_starts(rest, RK_TEXT("sq")) || (mark != '|' && mark != '_'))
        return false;
    rest = rk_slice_from(rest, 3);
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] != mark || !rk_identity_is(rk_slice_head(rest, i)))
            continue;
        *owner = rk_slice_head(rest, i);
        *queue = rk_slice_from(rest, i + 1);
        return true;
    }
    return false;
}

/* working:queue:NAME:HOST:PID:HEX, older without HEX: the owner is what follows the name, split from the right */
static bool gitlab_fetch(rk_slice name, rk_slice *queue, rk_slice *owner)
{
    rk_slice head = RK_TEXT("working:queue:");
    if (!rk_slice_starts(name, head))
        return false;
    rk_slice rest = rk_slice_from(name, head.len);
    *queue = rest;
    *owner = RK_EMPTY;
    for (size_t i = rest.len; i-- > 0;) { /* the shortest identity that leaves a name */
        if (rest.ptr[i] != ':' || i == 0 || !rk_identity_is(rk_slice_from(rest, i + 1)))
            continue;
        *queue = rk_slice_head(rest, i);
        *owner = rk_slice_from(rest, i + 1);
        break;
    }
    return true;
}

/* queue:QUEUE_HOST_INDEX of the old reliable_fetch: only where QUEUE is known and the whole is not a queue */
static bool reliable_fetch(const layout_finder *f, const rk_layout *layout, rk_slice rest, rk_slice *queue,
                           rk_slice *owner)
{
    size_t end = rest.len;
    while (end > 0 && rest.ptr[end - 1] >= '0' && rest.ptr[end - 1] <= '9')
        end--;
    if (end == rest.len || end < 4 || rest.ptr[end - 1] != '_')
        return false;
    for (size_t i = 1; i + 1 < end - 1; i++) {
        if (rest.ptr[i] != '_' || !layout_is_listed(f, layout, rk_slice_head(rest, i)))
            continue;
        *queue = rk_slice_head(rest, i);
        *owner = (rk_slice){ rest.ptr + i + 1, end - 1 - (i + 1) };
        return true;
    }
    return false;
}

bool rk_private_list_is(rk_slice name, rk_slice *queue, rk_slice *owner)
{
    *queue = *owner = RK_EMPTY;
    if (gitlab_fetch(name, queue, owner))
        return true;
    if (rk_slice_starts(name, RK_TEXT("uniquejobs:working:"))) {
        *owner = rk_slice_from(name, strlen("uniquejobs:working:"));
        return true;
    }
    if (!rk_slice_starts(name, RK_TEXT("queue:")))
        return false;
    rk_slice rest = rk_slice_from(name, strlen("queue:"));
    if (super_fetch(rest, queue, owner))
        return true;
    if (!rk_slice_ends(rest, RK_TEXT(":working")) || rest.len == strlen(":working"))
        return false;
    *queue = rk_slice_head(rest, rest.len - strlen(":working")); /* shared by all processes */
    return true;
}

bool layout_private_list(const layout_finder *f, const rk_layout *layout, rk_slice name, rk_slice *queue,
                         rk_slice *owner)
{
    rk_slice rest = rk_slice_from(name, strlen("queue:"));
    bool public = rk_slice_starts(name, RK_TEXT("queue:"));
    *queue = *owner = RK_EMPTY;
    if (public && layout_is_listed(f, layout, rest))
        return false;
    return rk_private_list_is(name, queue, owner) ||
           (public && reliable_fetch(f, layout, rest, queue, owner));
}

/* reliable-fetcher-heartbeat-HOST-PID-HEX: the key of a live GitLab fetcher. It lives for a minute and is renewed
 * every 20 s, so that it only tells for sure that a process is dead. */
static bool heartbeat_gone(const layout_finder *f, const rk_layout *layout, rk_slice owner)
{
    char name[512];
    rk_slice head = RK_TEXT("reliable-fetcher-heartbeat-");
    size_t len = layout->prefix.len + head.len + owner.len;
    if (len > sizeof name)
        return true;
    memcpy(name, layout->prefix.ptr, layout->prefix.len);
    memcpy(name + layout->prefix.len, head.ptr, head.len);
    for (size_t i = 0; i < owner.len; i++)
        name[layout->prefix.len + head.len + i] = owner.ptr[i] == ':' ? '-' : (char)owner.ptr[i];
    const rk_catalog_key *key =
        rk_catalog_find(f->evidence->catalog, layout->db, (rk_slice){ (uint8_t *)name, len });
    return !key || layout_is_expired(f->evidence, key->expire_ms);
}

/* The part of an identity before its nonce: HOST:PID. */
static rk_slice host_and_pid(rk_slice identity)
{
    size_t colons = 0, end = identity.len;
    if (end > 13 && identity.ptr[end - 13] == ':')
        end -= 13;
    for (size_t i = 0; i < end; i++)
        colons += identity.ptr[i] == ':';
    return colons ? rk_slice_head(identity, end) : identity;
}

/* The whole of it with its nonce, where the list tells it: a dyno that was started anew has the same host and pid and
 * another life. Otherwise host and pid, or the host. */
static bool owns(rk_slice identity, rk_slice owner)
{
    rk_slice known = host_and_pid(owner).len < owner.len ? identity : host_and_pid(identity);
    return rk_slice_is(known, owner) || (rk_slice_starts(known, owner) && known.ptr[owner.len] == ':' &&
                                         rk_slice_find(owner, RK_TEXT(":"), 0) == SIZE_MAX);
}

bool layout_owner_alive(const layout_finder *f, const rk_layout *layout, rk_slice name, rk_slice owner)
{
    bool gitlab = rk_slice_starts(name, RK_TEXT("working:queue:"));
    if (gitlab && heartbeat_gone(f, layout, owner))
        return false;
    if (gitlab) /* its nonce is not Sidekiq's own */
        owner = host_and_pid(owner);
    for (size_t i = 0; i < layout->process_count; i++) {
        const rk_process *p = &layout->processes[i];
        if (p->alive && (owner.len == 0 || owns(p->identity, owner)))
            return true;
    }
    return false;
}
