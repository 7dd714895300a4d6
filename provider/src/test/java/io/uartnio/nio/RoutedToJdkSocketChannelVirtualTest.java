package io.uartnio.nio;

import io.uartnio.contract.OnVirtualThreads;

/** The same on virtual threads. */
@OnVirtualThreads
class RoutedToJdkSocketChannelVirtualTest extends RoutedToJdkSocketChannelTest {}
