package io.uartnio.frame;

/**
 * What a family's lines look like: which of them announce payload. Called by the reader thread for every line, so an
 * implementation neither allocates nor blocks.
 */
public interface FrameGrammar {

    /** The grammar of a module that is not known yet: every line is text. */
    FrameGrammar TEXT_ONLY = new FrameGrammar() {
        @Override
        public long classify(byte[] line, int offset, int length) {
            return Announcement.TEXT;
        }

        @Override
        public boolean mayAnnounce(byte[] line, int offset, int length) {
            return false;
        }
    };

    /**
     * Says what a line announces. It must take an announcement only in exactly the form that the manual gives, and
     * answer {@link Announcement#DAMAGED} for every line that one lost, added or changed byte can make of one.
     *
     * @param line holds the text, without its line end
     * @return an {@link Announcement}
     */
    long classify(byte[] line, int offset, int length);

    /**
     * Returns who has sent the datagram that this line announces, a {@link Source}. Asked only for a line of which
     * {@link #classify} has just said that it announces a datagram with its sender.
     */
    default long source(byte[] line, int offset, int length) {
        return Source.NONE;
    }

    /** Returns true if this beginning of a line may still become an announcement, or a damaged one. */
    boolean mayAnnounce(byte[] line, int offset, int length);
}
