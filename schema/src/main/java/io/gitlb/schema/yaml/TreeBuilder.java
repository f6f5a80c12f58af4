// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.yaml.YamlTree.Entry;
import io.gitlb.schema.yaml.YamlTree.Notation;
import io.gitlb.schema.yaml.YamlTree.ScalarKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/// Builds [YamlTree]s from the library's events with a stack of its own instead of recursion.
///
/// A document with an alias is left out, since what the alias stands for is not known. Other
/// problems leave the document usable, so that its further problems are found in the same run.
final class TreeBuilder {

  /// Whether further events are wanted.
  enum Next {
    CONTINUE,
    STOP
  }

  private static final String MERGE_KEY = "<<";
  private static final ScalarResolver RESOLVER = new JsonSchema().getScalarResolver();

  /// A list or mapping that is not closed yet.
  private sealed interface Open {}

  private record OpenSequence(SourcePlace place, List<YamlTree> items) implements Open {}

  private static final class OpenMapping implements Open {
    private final SourcePlace place;
    // key → its entry (1:1)
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
    private Pending pending = new Pending.KeyComesNext();

    OpenMapping(SourcePlace place) {
      this.place = place;
    }
  }

  /// What a mapping waits for.
  private sealed interface Pending {

    record KeyComesNext() implements Pending {}

    record ValueOf(String key, SourcePlace keyPlace) implements Pending {}

    /// The value of a key that was refused.
    record ValueOfNothing() implements Pending {}
  }

  private final String file;
  private final ProblemList problems;
  private final List<YamlTree> documents = new ArrayList<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private Optional<YamlTree> root = Optional.empty();
  private boolean hasAlias;
  private int started;
  private SourcePlace lastPlace;

  TreeBuilder(String file, ProblemList problems) {
    this.file = file;
    this.problems = problems;
    this.lastPlace = SourcePlace.of(file);
  }

  /// Where the event before stood.
  SourcePlace lastPlace() {
    return lastPlace;
  }

  List<YamlTree> documents() {
    return documents;
  }

  Next accept(Event event) {
    lastPlace = place(event);
    return switch (event.getEventId()) {
      case StreamStart, StreamEnd, Comment -> Next.CONTINUE;
      case DocumentStart -> startDocument(event);
      case DocumentEnd -> endDocument();
      case Alias -> alias((AliasEvent) event);
      case Scalar -> scalar((ScalarEvent) event);
      case SequenceStart, MappingStart -> start((CollectionStartEvent) event);
      case SequenceEnd, MappingEnd -> end();
    };
  }

  private SourcePlace place(Event event) {
    return event
        .getStartMark()
        .map(mark -> YamlParser.place(file, mark))
        .orElse(SourcePlace.of(file));
  }

  private Next startDocument(Event event) {
    root = Optional.empty();
    hasAlias = false;
    started++;
    if (started > YamlDocuments.DOCUMENT_LIMIT) {
      problems.add(
          place(event),
          ProblemCode.TOO_MANY_DOCUMENTS,
          "the file has more than %,d documents; split it".formatted(YamlDocuments.DOCUMENT_LIMIT));
      return Next.STOP;
    }
    return Next.CONTINUE;
  }

  private Next endDocument() {
    root.filter(tree -> !hasAlias && !isNull(tree)).ifPresent(documents::add);
    return Next.CONTINUE;
  }

  private static boolean isNull(YamlTree tree) {
    return tree instanceof YamlTree.Scalar scalar && scalar.kind() == ScalarKind.NULL;
  }

  private Next alias(AliasEvent event) {
    hasAlias = true;
    problems.add(
        place(event),
        ProblemCode.ALIAS,
        "aliases (*%s) are not read; write the value out"
            .formatted(Shown.line(event.getAlias().getValue())));
    return add(new YamlTree.Scalar(place(event), ScalarKind.TEXT, Notation.QUOTED, ""));
  }

  private Next scalar(ScalarEvent event) {
    refuseTag(event, event.getTag());
    Notation notation = event.isPlain() ? Notation.PLAIN : Notation.QUOTED;
    ScalarKind kind = event.isPlain() ? kindOf(event.getValue()) : ScalarKind.TEXT;
    return add(new YamlTree.Scalar(place(event), kind, notation, event.getValue()));
  }

  private static ScalarKind kindOf(String plain) {
    Tag tag = RESOLVER.resolve(plain, true);
    if (tag.equals(Tag.INT)) {
      return ScalarKind.WHOLE_NUMBER;
    } else if (tag.equals(Tag.FLOAT)) {
      return ScalarKind.DECIMAL_NUMBER;
    } else if (tag.equals(Tag.BOOL)) {
      return ScalarKind.TRUTH_VALUE;
    }
    return tag.equals(Tag.NULL) ? ScalarKind.NULL : ScalarKind.TEXT;
  }

  private Next start(CollectionStartEvent event) {
    refuseTag(event, event.getTag());
    if (open.size() == YamlDocuments.DEPTH_LIMIT) {
      problems.add(
          place(event),
          ProblemCode.TOO_DEEP,
          "lists and mappings are nested deeper than %d levels"
              .formatted(YamlDocuments.DEPTH_LIMIT));
      return Next.STOP;
    }
    open.push(
        event.getEventId() == Event.ID.SequenceStart
            ? new OpenSequence(place(event), new ArrayList<>())
            : new OpenMapping(place(event)));
    return Next.CONTINUE;
  }

  private Next end() {
    return switch (open.pop()) {
      case OpenSequence(SourcePlace place, List<YamlTree> items) ->
          add(new YamlTree.Sequence(place, items));
      case OpenMapping mapping -> add(new YamlTree.Mapping(mapping.place, mapping.entries));
    };
  }

  private void refuseTag(Event event, Optional<String> tag) {
    tag.ifPresent(
        text ->
            problems.add(
                place(event),
                ProblemCode.TAG,
                "the tag %s is not read; remove it, and quote the value when it is text"
                    .formatted(Shown.quoted(text))));
  }

  private Next add(YamlTree tree) {
    switch (open.peek()) {
      case null -> root = Optional.of(tree);
      case OpenSequence sequence -> sequence.items().add(tree);
      case OpenMapping mapping -> mapping.pending = addTo(mapping, tree);
    }
    return Next.CONTINUE;
  }

  private Pending addTo(OpenMapping mapping, YamlTree tree) {
    return switch (mapping.pending) {
      case Pending.KeyComesNext _ -> asKey(tree);
      case Pending.ValueOfNothing _ -> new Pending.KeyComesNext();
      case Pending.ValueOf(String key, SourcePlace keyPlace) -> {
        put(mapping, new Entry(key, keyPlace, tree));
        yield new Pending.KeyComesNext();
      }
    };
  }

  private Pending asKey(YamlTree tree) {
    if (tree instanceof YamlTree.Scalar scalar && scalar.kind() == ScalarKind.TEXT) {
      if (scalar.text().equals(MERGE_KEY) && scalar.notation() == Notation.PLAIN) {
        problems.add(
            tree.place(), ProblemCode.ALIAS, "merge keys (<<) are not read; write the fields out");
        return new Pending.ValueOfNothing();
      }
      return new Pending.ValueOf(scalar.text(), scalar.place());
    }
    problems.add(
        tree.place(),
        ProblemCode.KEY_NOT_TEXT,
        "a key is %s, it must be text; put it in quotes".formatted(Shown.typeOf(tree)));
    return new Pending.ValueOfNothing();
  }

  private void put(OpenMapping mapping, Entry entry) {
    Entry earlier = mapping.entries.putIfAbsent(entry.key(), entry);
    if (earlier != null) {
      problems.add(
          entry.keyPlace(),
          ProblemCode.DUPLICATE_KEY,
          "the key %s stands twice in one mapping, first at %s; keep one"
              .formatted(Shown.quoted(entry.key()), earlier.keyPlace()));
    }
  }
}
