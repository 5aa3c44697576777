package io.vestibule.bench.admission;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Two small pictures side by side, as SVG: the line and the shares of the capacity over time, and waits against what was told. */
final class Plot {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 200;
  private static final int MARGIN = 46;

  private final StringBuilder svg = new StringBuilder();

  private Plot() {}

  static String run(String name, Tally run) {
    var plot = new Plot();
    plot.add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">", 2 * (WIDTH + 2 * MARGIN), HEIGHT + 2 * MARGIN);
    plot.add("<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>");
    plot.overTime(name, run.curve());
    plot.toldAndTrue(run.scatter());
    plot.add("</svg>");
    return plot.svg.toString();
  }

  private void overTime(String name, List<Tally.Point> curve) {
    double minutes = curve.stream().mapToDouble(point -> point.atMs() / 60_000.0).max().orElse(1);
    double most = Math.max(1, curve.stream().mapToDouble(Tally.Point::waiting).max().orElse(1));
    frame(0, name + ": live waiters, and slots promised and connected", "0", String.format(Locale.ROOT, "%.0f min", minutes), String.format(Locale.ROOT, "%.0f waiters, 100 %%", most));
    line(curve, "#c60", point -> point.waiting() / most, minutes);
    line(curve, "#06c", Tally.Point::promised, minutes);
    line(curve, "#0a4", Tally.Point::connected, minutes);
    legend(0, 0, "#c60", "waiting");
    legend(0, 70, "#06c", "promised");
    legend(0, 150, "#0a4", "connected");
  }

  private void line(List<Tally.Point> curve, String colour, ToDoubleFunction<Tally.Point> height, double minutes) {
    svg.append("<polyline fill=\"none\" stroke=\"").append(colour).append("\" points=\"");
    for (Tally.Point point : curve) {
      svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(0, point.atMs() / 60_000.0 / minutes), y(height.applyAsDouble(point))));
    }
    svg.append("\"/>\n");
  }

  private void toldAndTrue(List<double[]> scatter) {
    int left = WIDTH + 2 * MARGIN;
    double most = scatter.stream().mapToDouble(point -> Math.max(point[1], point[3])).max().orElse(60_000);
    String label = String.format(Locale.ROOT, "%.0f min", most / 60_000);
    frame(left, "wait (up) against the estimate (across)", "0", label, label);
    add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#888\"/>", x(left, 0), y(0), x(left, 1), y(1));
    for (int i = 0; i < scatter.size(); i += Math.max(1, scatter.size() / 300)) {
      double[] point = scatter.get(i);
      add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.5\" fill=\"%s\"/>", x(left, point[1] / most), y(point[3] / most), point[3] <= point[2] ? "#06c" : "#c22");
    }
    legend(left, 0, "#06c", "within the p90 told");
    legend(left, 150, "#c22", "longer");
  }

  private void frame(int left, String title, String from, String to, String top) {
    add("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#ccc\"/>", left + MARGIN, MARGIN, WIDTH, HEIGHT);
    add("<text x=\"%d\" y=\"18\">%s</text>", left + MARGIN, title);
    add("<text x=\"%d\" y=\"%d\">%s</text>", left + MARGIN, MARGIN + HEIGHT + 14, from);
    add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", left + MARGIN + WIDTH, MARGIN + HEIGHT + 14, to);
    add("<text x=\"%d\" y=\"%d\">%s</text>", left + MARGIN, MARGIN - 8, top);
  }

  private void legend(int left, int at, String colour, String text) {
    add("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>", left + MARGIN + at, MARGIN + HEIGHT + 34, colour, text);
  }

  private static double x(int left, double share) {
    return left + MARGIN + share * WIDTH;
  }

  private static double y(double share) {
    return MARGIN + HEIGHT - Math.min(1, share) * HEIGHT;
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
