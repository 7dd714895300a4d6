package io.uartnio.contract;

/** The same on virtual threads. */
@OnVirtualThreads
class JdkSocketChannelVirtualTest extends JdkSocketChannelTest {}
