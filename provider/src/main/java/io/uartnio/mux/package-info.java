/**
 * 3GPP TS 27.010, basic option, from the host's side: several {@link io.uartnio.uart.UartPort}s over one.
 *
 * <pre>
 *   CommandPort (DLC 1)   MuxChannel (DLC 2 ..)        what the floors above see
 *        └───────┬─────────────┘
 *               Dlc          one connection: SABM, UA, DISC, modem lines, what waits to be sent
 *   ControlMessages          DLCI 0: MSC, TEST, FCon, FCoff, PN, CLD ...
 *   FrameParser  MuxWriter   bytes to frames on the reader thread, frames to bytes on a thread of its own
 *        └───────┬─────────────┘
 *             UartPort       the line
 * </pre>
 *
 * <p>Threads: the line's reader parses and delivers to the channels' listeners, without a lock. {@code MuxWriter} alone
 * writes to the line while the multiplexer runs. What is shared by those who open, close and answer is guarded by one
 * lock, {@code Mux.lock}, held for some instructions only and never while a listener or the line is called.
 */
package io.uartnio.mux;
