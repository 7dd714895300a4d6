package io.uartnio.contract;

/** The same on virtual threads. */
@OnVirtualThreads
class JdkServerSocketChannelVirtualTest extends JdkServerSocketChannelTest {}
