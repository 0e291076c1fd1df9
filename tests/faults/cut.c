/* Cuts the power of a file system: what was not synced is lost, as if the machine had stopped (EXT4_IOC_SHUTDOWN and
 * XFS_IOC_GOINGDOWN, which are the same call, without a flush of the log). */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

int main(int count, char **arguments) {
    uint32_t without_flush = 2;
    int folder = count == 2 ? open(arguments[1], O_RDONLY) : -1;
    if (folder < 0 || ioctl(folder, 0x8004587d, &without_flush)) {
        perror("cut");
        return 1;
    }
    return 0;
}
