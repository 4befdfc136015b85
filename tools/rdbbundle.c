/* rdbbundle: job bundles: made, looked at, checked, given back. */
#include <locale.h>

#include "rdbbundle/command.h"
#include "rdbbundle_manual.h"

static const cli_tool *const commands[] = { &create_tool, &show_tool,  &verify_tool, &restore_tool,
                                            &undo_tool,   &merge_tool, &split_tool };

static int (*const runs[])(int argc, char **argv) = { create_run, show_run,  verify_run, restore_run,
                                                      undo_run,   merge_run, split_run };

const cli_tool rdbbundle_tool = {
    .name = "rdbbundle",
    .summary = "keep jobs in a bundle, and give them back once, in order",
    .operands = "",
    .description = manual_description,
    .date = "2026-11-27",
    .examples = manual_examples,
    .example_count = COUNT_OF(manual_examples),
    .sections = manual_sections,
    .section_count = COUNT_OF(manual_sections),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    size_t command;
    int status;
    if (!cli_command(&rdbbundle_tool, argc, argv, &command, &status))
        return status;
    setlocale(LC_CTYPE,
              "C.UTF-8"); /* names are UTF-8 whatever the terminal's language, and tables align them */
    return runs[command](argc - 1, argv + 1);
}
