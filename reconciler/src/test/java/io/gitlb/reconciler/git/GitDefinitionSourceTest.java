// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unavailable;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Unchanged;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Untrusted;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitDefinitionSourceTest {

  @TempDir Path temp;
  private RemoteRepository remote;
  private GitDefinitionSource source;

  @BeforeEach
  void start() {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
    source = open(remote.url(), "main");
  }

  @AfterEach
  void stop() {
    source.close();
  }

  private GitDefinitionSource open(String url, String branch) {
    return new GitDefinitionSource(
        GitRemote.of(url, branch, GitCredentials.NONE),
        List.of("clusters/lab", "shared"),
        temp.resolve("state"));
  }

  private Found found(Optional<String> known) {
    return assertInstanceOf(Found.class, source.fetch(known));
  }

  private List<String> untrusted(Optional<String> known) {
    return assertInstanceOf(Untrusted.class, source.fetch(known)).why().stream()
        .map(Failure::toString)
        .toList();
  }

  private String unavailable() {
    return assertInstanceOf(Unavailable.class, source.fetch(Optional.empty())).failure().toString();
  }

  private List<String> problems() {
    return found(Optional.empty()).problems().stream().map(Problem::toString).toList();
  }

  @Test
  void theFilesUnderTheConfiguredPathsAreReadFromTheCommit() {
    String commit =
        remote
            .on("main")
            .file("shared/pools.yaml", "pools\n")
            .file("clusters/lab/sub/peers.yml", "peers\n")
            .file("clusters/lab/x.JSON", "{}\n")
            .file("clusters/other/pools.yaml", "not ours\n")
            .file("shared/README.md", "for people\n")
            .file("shared/LICENSE", "for lawyers\n")
            .file("shared/.hidden/x.yaml", "of a tool\n")
            .commit();

    Found found = found(Optional.empty());

    assertEquals(commit, found.commit());
    assertEquals(
        List.of(
            new ConfigFile("clusters/lab/sub/peers.yml", "peers\n"),
            new ConfigFile("clusters/lab/x.JSON", "{}\n"),
            new ConfigFile("shared/pools.yaml", "pools\n")),
        found.files());
    assertEquals(List.of(), found.problems());
  }

  @Test
  void aBranchThatDidNotMoveIsUnchangedAndOneThatDidIsReadAnew() {
    String first = remote.on("main").file("shared/a.yaml", "1\n").commit();
    assertEquals(first, found(Optional.empty()).commit());
    assertEquals(new Unchanged(), source.fetch(Optional.of(first)));

    String second = remote.on("main").file("shared/a.yaml", "2\n").commit();
    Found found = found(Optional.of(first));

    assertEquals(second, found.commit());
    assertEquals("2\n", found.files().getFirst().text());
  }

  @Test
  void anotherRootThanTheBranchNameWorksForPathsToFilesAndForAll() {
    remote.on("main").file("a/one.yaml", "1\n").file("two.yaml", "2\n").commit();
    for (List<String> paths :
        List.of(List.of("."), List.of(""), List.of("/"), List.of("./a/", "two.yaml"))) {
      try (GitDefinitionSource all =
          new GitDefinitionSource(
              GitRemote.of(remote.url(), "refs/heads/main", GitCredentials.NONE),
              paths,
              temp.resolve("state-all"))) {
        Found found = assertInstanceOf(Found.class, all.fetch(Optional.empty()));
        assertEquals(
            List.of("a/one.yaml", "two.yaml"),
            found.files().stream().map(ConfigFile::path).toList(),
            () -> "paths " + paths);
      }
    }
  }

  @Test
  void aCommitThatWasFetchedBeforeIsReadWithoutTheRemote() {
    String first = remote.on("main").file("shared/a.yaml", "1\n").commit();
    remote.on("main").file("shared/a.yaml", "2\n").commit();
    found(Optional.empty());
    remote.git().run("update-ref", "-d", "refs/heads/main");

    assertEquals("1\n", assertInstanceOf(Found.class, source.at(first)).files().getFirst().text());
    ConfigFetch unknown = source.at("1234567890123456789012345678901234567890");
    assertTrue(
        assertInstanceOf(Unavailable.class, unknown).failure().toString().startsWith("GLB2016 "));
    assertInstanceOf(Unavailable.class, source.at("HEAD"));
  }

  @Test
  void theAcceptedCommitSurvivesARestartAndABranchThatIsMovedAway() {
    String first = remote.on("main").file("shared/a.yaml", "1\n").commit();
    found(Optional.empty());
    assertEquals(Optional.empty(), source.accepted());
    assertEquals(Optional.empty(), source.accept(first));
    remote.git().run("update-ref", "-d", "refs/heads/main");
    remote.on("main").file("shared/b.yaml", "2\n").commit();
    untrusted(Optional.of(first));

    source.close();
    source = open(remote.url(), "main");

    assertEquals(Optional.of(first), source.accepted());
    assertInstanceOf(Found.class, source.at(first));
    assertTrue(source.accept("1234567890123456789012345678901234567890").isPresent());
  }

  @Test
  void aHeadThatDoesNotContinueTheAcceptedCommitIsNotTrusted() {
    String base = remote.on("main").file("shared/a.yaml", "1\n").commit();
    String accepted = remote.on("main").file("shared/a.yaml", "2\n").commit();
    found(Optional.empty());
    source.accept(accepted);
    remote.git().run("update-ref", "refs/heads/main", base);
    String forced = remote.on("main").file("shared/a.yaml", "3\n").commit();

    assertEquals(
        List.of(
            "GLB2201 %s: branch main is at %s, which does not continue the accepted commit %s: the branch was force-pushed or made anew. Push the accepted commit again, or commit an Approval with replaces: %s on top; to undo a change, use git revert"
                .formatted(temp.resolve("remote.git"), forced, accepted, accepted)),
        untrusted(Optional.of(accepted)));
    assertEquals(new Unchanged(), source.fetch(Optional.of(forced)), "said once");
    assertEquals(
        "2\n", assertInstanceOf(Found.class, source.at(accepted)).files().getFirst().text());

    remote.git().run("update-ref", "refs/heads/main", base);
    assertEquals(1, untrusted(Optional.of(forced)).size(), "set back to an older one");
    remote.git().run("update-ref", "refs/heads/main", accepted);
    assertEquals(accepted, found(Optional.of(base)).commit(), "back where it was");
    String next = remote.on("main").file("shared/a.yaml", "4\n").commit();
    assertEquals(next, found(Optional.of(accepted)).commit());
  }

  @Test
  void keptCommitsSurviveABranchThatIsMovedAwayAndPacking() {
    String held = remote.on("main").file("shared/a.yaml", "1\n").commit();
    found(Optional.empty());
    String unknown = "1234567890123456789012345678901234567890";
    assertEquals(Optional.empty(), source.keep(new TreeSet<>(List.of(held, unknown))));
    remote.git().run("update-ref", "-d", "refs/heads/main");
    String other = remote.on("main").file("shared/a.yaml", "2\n").commit();
    found(Optional.empty());
    source.close();
    GitCli local = GitCli.in(temp.resolve("state/config.git"));
    local.run("gc", "--quiet", "--prune=now");

    source = open(remote.url(), "main");
    assertEquals("1\n", assertInstanceOf(Found.class, source.at(held)).files().getFirst().text());
    assertEquals(Optional.empty(), source.keep(new TreeSet<>(List.of(other))));
    assertEquals(
        "refs/gitlb/held/" + other, local.run("for-each-ref", "--format=%(refname)", "refs/gitlb"));
  }

  @Test
  void aFileThatIsTooLargeIsRefusedByItsSize() {
    remote.on("main").file("shared/big.yaml", new byte[256 * 1024 + 1]).commit();
    assertEquals(
        List.of(
            "shared/big.yaml: GLB1001 262145 bytes; a file of definitions may have 262144 (256 KiB)."
                + " Split it, or give it another ending if it is none"),
        problems());
  }

  @Test
  void linksAndSubmodulesAreRefused() {
    remote
        .on("main")
        .link("shared/link.yaml", "/etc/passwd")
        .link("clusters/lab", "../elsewhere")
        .submodule("shared/module")
        .commit();
    assertEquals(
        List.of(
            "clusters/lab: GLB1002 a symbolic link; definitions are read from the commit alone."
                + " Put the file itself here",
            "shared/link.yaml: GLB1002 a symbolic link; definitions are read from the commit alone."
                + " Put the file itself here",
            "shared/module: GLB1003 a submodule; definitions are read from the commit alone."
                + " Put the files themselves here"),
        problems());
  }

  @Test
  void whatIsNoTextIsRefusedWithItsPlace() {
    remote
        .on("main")
        .file("shared/latin.yaml", new byte[] {'a', '\n', 'b', (byte) 0xE9, '\n'})
        .file("shared/nul.json", new byte[] {'{', 0, '}'})
        .commit();
    assertEquals(
        List.of(
            "shared/latin.yaml:2:2: GLB1004 byte 0xE9, which is not UTF-8; a file of definitions is"
                + " UTF-8 text. Give it another ending if it is none",
            "shared/nul.json:1:2: GLB1004 a NUL byte; a file of definitions is UTF-8 text. Give it"
                + " another ending if it is none"),
        problems());
  }

  @Test
  void pathsWithoutAnyDefinitionAreAProblem() {
    remote.on("main").file("elsewhere/a.yaml", "1\n").commit();
    assertEquals(
        List.of(
            "clusters/lab: GLB1005 no *.yaml, *.yml or *.json file under clusters/lab, shared in"
                + " this commit. Check the configured paths; emptying them all by a commit is not"
                + " accepted"),
        problems());
  }

  @Test
  void aBranchThatIsMissingIsNamedWithThoseThatAreThere() {
    assertEquals(
        "GLB2005 %s: there is no branch main; it has no branch at all. Check the configured branch"
            .formatted(temp.resolve("remote.git")),
        unavailable());
    remote.on("trunk").file("shared/a.yaml", "1\n").commit();
    remote.on("dev").file("shared/a.yaml", "1\n").commit();
    assertEquals(
        "GLB2005 %s: there is no branch main; it has dev, trunk. Check the configured branch"
            .formatted(temp.resolve("remote.git")),
        unavailable());
  }

  @Test
  void aPathWithoutARepositoryIsNamed() throws IOException {
    source.close();
    source = open(temp.resolve("nothing").toString(), "main");
    assertEquals(
        "GLB2004 %s: there is no such directory. Check the path".formatted(temp.resolve("nothing")),
        unavailable());
    source.close();
    Files.createDirectories(temp.resolve("plain"));
    source = open(temp.resolve("plain").toString(), "main");
    assertTrue(unavailable().startsWith("GLB2004 " + temp.resolve("plain")), unavailable());
  }

  @Test
  void aDamagedMirrorIsMadeAnew() throws IOException {
    String first = remote.on("main").file("shared/a.yaml", "1\n").commit();
    found(Optional.empty());
    source.accept(first);
    source.close();
    deleteObjects(temp.resolve("state/config.git"));
    String second = remote.on("main").file("shared/a.yaml", "2\n").commit();

    source = open(remote.url(), "main");
    Found found = found(Optional.of(first));

    assertEquals(second, found.commit());
    assertEquals(Optional.of(first), source.accepted());
    GitCli.in(temp.resolve("state/config.git")).run("fsck", "--strict");
  }

  @Test
  void aMirrorThatIsFoundDamagedByAReadIsMadeAnewByTheNextFetch() throws IOException {
    String commit = remote.on("main").file("shared/a.yaml", "1\n").commit();
    found(Optional.empty());
    source.close();
    deleteObjects(temp.resolve("state/config.git"));

    source = open(remote.url(), "main");

    assertInstanceOf(Unavailable.class, source.at(commit));
    source.fetch(Optional.of(commit));
    assertInstanceOf(Found.class, source.at(commit));
  }

  @Test
  void lockFilesOfAKilledProcessDoNotBlock() throws IOException {
    remote.on("main").file("shared/a.yaml", "1\n").commit();
    found(Optional.empty());
    source.close();
    Files.createFile(temp.resolve("state/config.git/refs/heads/main.lock"));
    String second = remote.on("main").file("shared/a.yaml", "2\n").commit();

    source = open(remote.url(), "main");

    assertEquals(second, found(Optional.empty()).commit());
    assertFalse(Files.exists(temp.resolve("state/config.git/refs/heads/main.lock")));
  }

  @Test
  void twoProcessesOnOneStateDirectoryAreToldApart() {
    remote.on("main").file("shared/a.yaml", "1\n").commit();
    found(Optional.empty());
    try (GitDefinitionSource second = open(remote.url(), "main")) {
      assertEquals(
          "GLB2015 %s is in use by another process. Give each reconciler its own state directory"
              .formatted(temp.resolve("state/config.git")),
          assertInstanceOf(Unavailable.class, second.fetch(Optional.empty())).failure().toString());
    }
  }

  static void deleteObjects(Path repository) throws IOException {
    try (Stream<Path> files = Files.walk(repository.resolve("objects"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }
}
