extension Preview1Function {
    /// WasmEdge's socket extension, beyond what preview 1 has under the same names and types.
    ///
    /// A module gets the function whose type it imports: those of one name differ in the number of
    /// their parameters. `NAME_v2` is the second form by its own name. Source: WasmEdge, wasimodule.cpp
    /// and import.cpp.
    static let wasmEdge: [Preview1Function] =
        plain + storage
        + storage.map { function in function.named(function.name + "_v2") } + secondForms

    private static let plain: [Preview1Function] = [
        .init("sock_open", "iii", Preview1.openSocket),
        .init("sock_open_v2", "iii", Preview1.openSocket),
        .init("sock_bind", "iii", Preview1.bindSocket),
        .init("sock_listen", "ii", Preview1.listenSocket),
        .init("sock_listen_v2", "ii", Preview1.listenSocket),
        .init("sock_accept", "ii", Preview1.acceptSocket),
        .init("sock_connect", "iii", Preview1.connectSocket),
        .init("sock_recv_v2", "iiiiii", Preview1.receive),
        .init("sock_recv_from", "iiiiiii", Preview1.receiveFrom),
        .init("sock_send_v2", "iiiii", Preview1.send),
        .init("sock_send_to", "iiiiiii", Preview1.sendTo),
        .init("sock_getsockopt", "iiiii", Preview1.socketOption),
        .init("sock_setsockopt", "iiiii", Preview1.setSocketOption),
        .init("sock_getlocaladdr", "iiii", Preview1.localAddress),
        .init("sock_getpeeraddr", "iiii", Preview1.peerAddress),
        .init("sock_getaddrinfo", "iiiiiiii", Preview1.resolve),
        .init("epoll_oneoff", "iiii", Preview1.poll),
    ]

    // Chosen by the number of parameters.
    private static let storage: [Preview1Function] = [
        .init("sock_recv_from", "iiiiiiii", Preview1.receiveFromWithPort),
        .init("sock_getlocaladdr", "iii", Preview1.localAddressInStorage),
        .init("sock_getpeeraddr", "iii", Preview1.peerAddressInStorage),
    ]

    // Of the same type as the first form, so that only the name tells them apart.
    private static let secondForms: [Preview1Function] = [
        .init("sock_accept_v2", "iii", Preview1.acceptSocketWithFlags),
        .init("sock_bind_v2", "iii", Preview1.bindSocketInStorage),
        .init("sock_connect_v2", "iii", Preview1.connectSocketInStorage),
        .init("sock_send_to_v2", "iiiiiii", Preview1.sendToStorage),
    ]
}
