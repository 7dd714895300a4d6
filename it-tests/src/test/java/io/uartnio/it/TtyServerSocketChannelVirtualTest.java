package io.uartnio.it;

import io.uartnio.contract.OnVirtualThreads;

/** The same on virtual threads. */
@OnVirtualThreads
class TtyServerSocketChannelVirtualTest extends TtyServerSocketChannelTest {}
