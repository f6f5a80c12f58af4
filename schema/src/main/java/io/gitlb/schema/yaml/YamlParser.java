// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Runs the YAML library over one text, event by event. The library's own composer recurses and
/// knows no depth limit, so it is not used: [TreeBuilder] takes the events, which come lazily, and
/// says when to stop.
final class YamlParser {

  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final int REPLACEMENT_CHARACTER = 0xFFFD;

  private YamlParser() {}

  static List<YamlTree> parse(ConfigFile file, ProblemList problems) {
    if (file.text().length() > YamlDocuments.LENGTH_LIMIT) {
      problems.add(
          ProblemCode.FILE_TOO_LARGE,
          "the file has %,d characters, at most %,d are read; split it"
              .formatted(file.text().length(), YamlDocuments.LENGTH_LIMIT));
      return List.of();
    }
    String text = withoutByteOrderMark(file.text());
    TreeBuilder builder = new TreeBuilder(file.path(), problems);
    if (isText(file.path(), text, problems)) {
      run(file.path(), text, builder, problems);
    }
    return builder.documents();
  }

  private static String withoutByteOrderMark(String text) {
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private static void run(String path, String text, TreeBuilder builder, ProblemList problems) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(path)
            .setCodePointLimit(YamlDocuments.LENGTH_LIMIT)
            .setMaxAliasesForCollections(0)
            .build();
    try {
      Iterator<Event> events = new Parse(settings).parseString(text).iterator();
      while (events.hasNext() && builder.accept(events.next()) == TreeBuilder.Next.CONTINUE) {
        // accept() does the work.
      }
    } catch (MarkedYamlEngineException broken) {
      problems.add(
          broken.getProblemMark().map(mark -> place(path, mark)).orElse(SourcePlace.of(path)),
          ProblemCode.NOT_YAML,
          "not valid YAML: " + describe(broken));
    } catch (NumberFormatException _) {
      // The library's answer to an escape like "\UFFFFFFFF".
      problems.add(
          builder.lastPlace(),
          ProblemCode.NOT_YAML,
          "not valid YAML: after this place a \\U in double quotes names no character");
    } catch (YamlEngineException | IllegalArgumentException | IndexOutOfBoundsException broken) {
      // The first without a place; the others in case of further slips of the library.
      problems.add(
          builder.lastPlace(),
          ProblemCode.NOT_YAML,
          "not valid YAML after this place: " + Shown.line(String.valueOf(broken.getMessage())));
    } catch (StackOverflowError _) {
      // Nothing recurses as far as is known; a hostile file must not end the process all the same.
      problems.add(ProblemCode.TOO_DEEP, "the file is nested too deeply to be read");
    }
  }

  private static String describe(MarkedYamlEngineException broken) {
    String context = Optional.ofNullable(broken.getContext()).map(text -> text + ", ").orElse("");
    String problem = Shown.line(context + broken.getProblem());
    return problem.contains("TAB") ? problem + "; indent with spaces" : problem;
  }

  static SourcePlace place(String path, Mark mark) {
    return new SourcePlace(path, mark.getLine() + 1, mark.getColumn() + 1);
  }

  /// Looks for the first character that no text file of ours has. The library would refuse most of
  /// them too, without a line.
  private static boolean isText(String path, String text, ProblemList problems) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int point = text.codePointAt(i);
      if (point == REPLACEMENT_CHARACTER || !StreamReader.isPrintable(point)) {
        problems.add(
            new SourcePlace(path, line, column),
            ProblemCode.NOT_TEXT,
            "the file is not UTF-8 text: found the character U+%04X".formatted(point));
        return false;
      }
      column = point == '\n' ? 1 : column + 1;
      line = point == '\n' ? line + 1 : line;
    }
    return true;
  }
}
