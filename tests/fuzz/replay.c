/* replay: runs a fuzz target over seed files without a fuzzer, one TAP line a file. A property that does not
 * hold ends in abort(), which the sanitizers turn into a report and the runner into a failure. */
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int main(int argc, char **argv)
{
    printf("1..%d\n", argc - 1);
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file || fseek(file, 0, SEEK_END) != 0) {
            printf("not ok %d - %s: cannot be read\n", i, argv[i]);
            return 1;
        }
        size_t size = (size_t)ftell(file);
        uint8_t *bytes = malloc(size ? size : 1);
        rewind(file);
        if (!bytes || fread(bytes, 1, size, file) != size)
            return 1;
        fclose(file);
        LLVMFuzzerTestOneInput(bytes, size);
        free(bytes);
        printf("ok %d - %s\n", i, argv[i]);
        fflush(stdout);
    }
    return 0;
}
