/* folder: the folder of a bundle: it appears whole or not at all, and only a bundle is ever replaced. */
#ifndef RDBKIT_BUNDLE_FOLDER_H
#define RDBKIT_BUNDLE_FOLDER_H

#include "rdbkit/io.h"

/* FOLDER/NAME, to be freed by rk_free; NULL when memory is short. */
char *rk_bundle_path(const char *folder, const char *name, rk_err *err);

/* Where a bundle that is called `named` really lies: without slashes at the end, links followed. To be freed; NULL on
 * failure. */
char *rk_bundle_folder_resolve(const char *named, rk_err *err);

/* May a bundle of this name appear? */
bool rk_bundle_folder_check(const char *path, bool force, rk_err *err);

/* A new empty folder beside `path`, of mode 0700; its name is to be freed. */
char *rk_bundle_folder_create(const char *path, rk_err *err);

/* Gives the folder `written` the name `path`, and makes it last; a bundle that has the name goes (with force only). */
bool rk_bundle_folder_name(const char *written, const char *path, bool force, rk_err *err);

/* Takes away the files that a bundle has, and the folder if nothing else is in it. */
void rk_bundle_folder_remove(const char *path);

#endif
