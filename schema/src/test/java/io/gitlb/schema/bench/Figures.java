// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.bench;

import java.io.PrintStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The figures of one run of a benchmark. Each is told when it is known; the last line of the run
/// is one JSON object with all of them.
public final class Figures {

  private final String bench;
  private final PrintStream out;
  private final List<Figure> figures = new ArrayList<>();

  private record Figure(String key, String what, Spread spread, String unit, Bar bar) {

    boolean isMet() {
      return bar.isMet(spread.value());
    }
  }

  /// @param bench the name behind `./gitlb bench`
  /// @param out where the run is told
  public Figures(String bench, PrintStream out) {
    this.bench = bench;
    this.out = out;
  }

  /// Tells what comes next, or how it was measured.
  public void say(String text) {
    out.println(text);
  }

  /// Adds a figure and tells it.
  ///
  /// @param key its name in the JSON object
  /// @param what its name for people
  /// @param unit of value and bar
  public void add(String key, String what, Spread spread, String unit, Bar bar) {
    Figure figure = new Figure(key, what, spread, unit, bar);
    figures.add(figure);
    String range =
        spread.rounds() == 1
            ? ""
            : String.format(
                Locale.ROOT,
                " (%s to %s, %d rounds)",
                digits(spread.low()),
                digits(spread.high()),
                spread.rounds());
    String judgement =
        bar instanceof Bar.None
            ? ""
            : String.format(
                Locale.ROOT, "  [%s %s: %s]", bar.text(), unit, figure.isMet() ? "met" : "MISSED");
    out.printf(
        Locale.ROOT, "  %-66s %s %s%s%s%n", what, digits(spread.value()), unit, range, judgement);
  }

  /// Tells a figure that nothing is expected of.
  public void add(String key, String what, Spread spread, String unit) {
    add(key, what, spread, unit, new Bar.None());
  }

  private static String digits(double value) {
    double size = Math.abs(value);
    String form = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, form, value);
  }

  /// Prints the JSON object.
  ///
  /// @return the exit code: 1 when a bar is missed and the arguments say that this counts
  public int finish(BenchArguments arguments) {
    boolean met = figures.stream().allMatch(Figure::isMet);
    out.println(json(met));
    return met
        ? 0
        : switch (arguments.misses()) {
          case TELL -> 0;
          case FAIL -> 1;
        };
  }

  private String json(boolean met) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("bench", bench);
      json.writeBooleanProperty("met", met);
      json.writeName("figures");
      json.writeStartObject();
      for (Figure figure : figures) {
        write(json, figure);
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Figure figure) {
    json.writeName(figure.key());
    json.writeStartObject();
    json.writeNumberProperty("value", rounded(figure.spread().value()));
    json.writeStringProperty("unit", figure.unit());
    if (figure.spread().rounds() > 1) {
      json.writeNumberProperty("low", rounded(figure.spread().low()));
      json.writeNumberProperty("high", rounded(figure.spread().high()));
      json.writeNumberProperty("rounds", figure.spread().rounds());
    }
    if (!(figure.bar() instanceof Bar.None)) {
      json.writeStringProperty("bar", figure.bar().text());
      json.writeBooleanProperty("met", figure.isMet());
    }
    json.writeEndObject();
  }

  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
  }
}
