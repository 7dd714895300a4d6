package io.uartnio.contract;

/** The same on virtual threads. */
@OnVirtualThreads
class JdkDatagramChannelVirtualTest extends JdkDatagramChannelTest {}
