// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A bare repository as a Git server has it, filled by the git command.
public final class RemoteRepository {

  private final GitCli git;

  private RemoteRepository(GitCli git) {
    this.git = git;
  }

  public static RemoteRepository create(Path path) {
    return new RemoteRepository(GitCli.bare(path));
  }

  public GitCli git() {
    return git;
  }

  public String url() {
    return git.path().toUri().toString();
  }

  /// The id that a ref has.
  public String head(String branch) {
    return git.run("rev-parse", "refs/heads/" + branch);
  }

  /// Begins a commit on top of a branch, which need not exist yet.
  public Change on(String branch) {
    return new Change(branch);
  }

  /// One commit in the making.
  public final class Change {

    private final String branch;
    private final List<byte[]> commands = new ArrayList<>();

    private Change(String branch) {
      this.branch = branch;
    }

    public Change file(String path, String text) {
      return entry("100644", path, text.getBytes(StandardCharsets.UTF_8));
    }

    public Change file(String path, byte[] content) {
      return entry("100644", path, content);
    }

    public Change link(String path, String target) {
      return entry("120000", path, target.getBytes(StandardCharsets.UTF_8));
    }

    public Change submodule(String path) {
      return line("M 160000 1234567890123456789012345678901234567890 " + path);
    }

    public Change delete(String path) {
      return line("D " + path);
    }

    /// Makes the commit and gives its id.
    public String commit() {
      boolean exists = !git.run("for-each-ref", "refs/heads/" + branch).isEmpty();
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      stream.writeBytes(
          """
          commit refs/heads/%s
          committer Someone <someone@example.org> 1767323045 +0000
          data <<END
          change
          END
          %s"""
              .formatted(branch, exists ? "from refs/heads/" + branch + "^0\n" : "")
              .getBytes(StandardCharsets.UTF_8));
      commands.forEach(stream::writeBytes);
      git.run(stream.toByteArray(), "fast-import", "--quiet");
      return head(branch);
    }

    private Change entry(String mode, String path, byte[] content) {
      ByteArrayOutputStream command = new ByteArrayOutputStream();
      command.writeBytes(
          "M %s inline %s\ndata %d\n"
              .formatted(mode, path, content.length)
              .getBytes(StandardCharsets.UTF_8));
      command.writeBytes(content);
      command.write('\n');
      commands.add(command.toByteArray());
      return this;
    }

    private Change line(String command) {
      commands.add((command + "\n").getBytes(StandardCharsets.UTF_8));
      return this;
    }
  }
}
