package io.uartnio.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines over payload sizes, both axes logarithmic, as an SVG picture that needs nothing from anywhere. */
final class Plot {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 190;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    /** What a number below the axis needs. */
    private static final int MARK_WIDTH = 34;

    private static final List<String> COLOURS = List.of("#0b6e4f", "#7f8c8d", "#c0392b", "#2c5aa0", "#b7791f");

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final List<Line> lines = new ArrayList<>();

    /** One line: points in the order of x. */
    private record Line(String name, List<double[]> points) {}

    Plot(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** Adds a line of pairs x, y, both above 0; one without points is left out. */
    void add(String name, List<double[]> points) {
        if (!points.isEmpty()) {
            lines.add(new Line(name, List.copyOf(points)));
        }
    }

    /** Returns the picture. */
    String svg() {
        Axis x = axis(0, LEFT, WIDTH - RIGHT);
        Axis y = axis(1, HEIGHT - BOTTOM, TOP);
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH,
                HEIGHT));
        text(svg, LEFT, 22, "start", "<tspan font-size=\"14\" font-weight=\"bold\">" + title + "</tspan>");
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", xLabel);
        text(svg, LEFT, TOP - 6, "end", yLabel);
        for (double tick : y.ticks()) {
            rule(svg, LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick));
            text(svg, LEFT - 6, y.at(tick) + 4, "end", number(tick));
        }
        double freeBefore = Double.MAX_VALUE;
        List<double[]> marks = longest();
        for (int i = marks.size() - 1; i >= 0; i--) {
            double place = x.at(marks.get(i)[0]);
            rule(svg, place, TOP, place, HEIGHT - BOTTOM);
            if (place < freeBefore) {
                text(svg, place, HEIGHT - BOTTOM + 16, "middle", number(marks.get(i)[0]));
                freeBefore = place - MARK_WIDTH;
            }
        }
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, lines.get(i), COLOURS.get(i % COLOURS.size()), x, y, TOP + 16 + 20 * i);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void draw(StringBuilder svg, Line line, String colour, Axis x, Axis y, int legendY) {
        StringBuilder points = new StringBuilder();
        for (double[] point : line.points()) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x.at(point[0]), y.at(point[1])));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n"
                        + "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/>%n",
                points.toString().strip(),
                colour,
                WIDTH - RIGHT + 14,
                legendY - 6,
                colour));
        text(svg, WIDTH - RIGHT + 34, legendY, "start", line.name());
    }

    private List<double[]> longest() {
        return lines.stream()
                .map(Line::points)
                .max((a, b) -> Integer.compare(a.size(), b.size()))
                .orElse(List.of());
    }

    private Axis axis(int coordinate, double from, double to) {
        double min = Double.MAX_VALUE;
        double max = Double.MIN_VALUE;
        for (Line line : lines) {
            for (double[] point : line.points()) {
                min = Math.min(min, point[coordinate]);
                max = Math.max(max, point[coordinate]);
            }
        }
        return new Axis(min, max, from, to);
    }

    private static void rule(StringBuilder svg, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
                x1,
                y1,
                x2,
                y2));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 1 ? "%.1f" : "%.0f", value);
    }

    /** Maps values to places, by their logarithms. */
    private record Axis(double min, double max, double from, double to) {

        private double at(double value) {
            double span = Math.log(max / min);
            return span == 0 ? from : from + (to - from) * Math.log(value / min) / span;
        }

        /** 1, 2 and 5 times the powers of ten that lie on the axis. */
        private List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (double decade = Math.pow(10, Math.floor(Math.log10(min))); decade <= max; decade *= 10) {
                for (double step : new double[] {1, 2, 5}) {
                    if (decade * step >= min && decade * step <= max) {
                        ticks.add(decade * step);
                    }
                }
            }
            return ticks;
        }
    }
}
