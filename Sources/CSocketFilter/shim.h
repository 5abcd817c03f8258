#ifndef WEIR_CSOCKETFILTER_SHIM_H
#define WEIR_CSOCKETFILTER_SHIM_H

#ifdef __linux__
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/// For `SO_ATTACH_FILTER` of a listening TCP socket, whose filter sees segments from the TCP header on: a SYN that begins a
/// handshake is dropped, all else goes through. `BPF_STMT` and `BPF_JUMP` are macros, which Swift cannot import.
static inline struct sock_fprog weir_no_new_handshakes(void) {
    enum { flags = 13, everything = 0x7fffffff };
    static struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, flags),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TH_SYN | TH_ACK),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TH_SYN, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, everything),
    };
    struct sock_fprog program = {sizeof(steps) / sizeof(steps[0]), steps};
    return program;
}
#endif

#endif
