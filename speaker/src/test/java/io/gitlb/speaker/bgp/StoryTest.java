// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Sessions as conversations: each story names a peer, then events (`>`), and under each event what
/// the machine does, exactly; what it does for `given` events is told in other stories.
/// `-Dgitlb.stories.write=true` writes what it does now; read the difference before it is
/// committed.
class StoryTest {

  private static final Path STORIES = Path.of("src/test/resources/bgp/stories");

  static List<Path> stories() throws IOException {
    try (Stream<Path> files = Files.list(STORIES)) {
      return files.sorted().toList();
    }
  }

  @Test
  void thereAreStories() throws IOException {
    assertFalse(stories().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("stories")
  void goesAsTold(Path file) throws IOException {
    String story = Files.readString(file);
    String retold = retell(story);
    if (Boolean.getBoolean("gitlb.stories.write")) {
      Files.writeString(file, retold);
    }

    assertEquals(story, retold, file.getFileName().toString());
  }

  private static String retell(String story) {
    StringBuilder out = new StringBuilder();
    Fsm fsm = Fsm.idle(Script.config(""), Script.NODE_IDENTIFIER);
    Jitter jitter = Jitter.NONE;
    for (String line : story.lines().filter(text -> !text.startsWith("  ")).toList()) {
      out.append(line).append('\n');
      if (line.startsWith("peer")) {
        fsm = Fsm.idle(Script.config(line), Script.NODE_IDENTIFIER);
      } else if (line.startsWith("jitter ")) {
        jitter = new Jitter(Double.parseDouble(line.substring("jitter ".length())));
      } else if (line.startsWith("given ")) {
        for (String event : line.substring("given ".length()).split("; ")) {
          fsm = fsm.on(Script.event(event), jitter).next();
        }
      } else if (line.startsWith("> ")) {
        Step step = fsm.on(Script.event(line.substring(2)), jitter);
        step.actions()
            .forEach(action -> out.append("  ").append(Script.action(action)).append('\n'));
        if (step.next().state() != fsm.state()) {
          out.append("  ").append(fsm.state()).append(" -> ").append(step.next().state());
          out.append('\n');
        }
        fsm = step.next();
      }
    }
    return out.toString();
  }
}
