package io.uartnio.cli;

/** How the demo is watched while it runs. Called by the thread of the select loop, which must not wait. */
interface DemoDisplay {

    /** The demo may have come further; called many times a second. */
    void update(DemoStatus status);

    /** All is over; the report follows. */
    void end();
}
