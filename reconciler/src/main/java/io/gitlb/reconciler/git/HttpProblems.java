// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is wrong with the credentials for http(s), as far as can be told without asking anybody.
final class HttpProblems {

  private HttpProblems() {}

  static List<Failure> of(RemoteUrl.Http http, GitCredentials credentials) {
    List<Failure> problems = new ArrayList<>();
    HttpAccess access = credentials.http();
    long ways =
        Stream.of(
                credentials.passwordFile().isPresent() || http.password().isPresent(),
                access.tokenFile().isPresent(),
                access.app().isPresent())
            .filter(given -> given)
            .count();
    if (ways > 1) {
      problems.add(
          GitFailure.BAD_SETTINGS.with(
              "%s: a password, a bearer token and a GitHub App exclude each other; keep one"
                  .formatted(http)));
    }
    access.app().ifPresent(app -> check(problems, app));
    try {
      ProxyRoute.of(access.proxy(), http.server());
    } catch (GitProblemException e) {
      problems.add(e.failure());
    } catch (IllegalArgumentException _) {
      problems.add(
          GitFailure.BAD_URL.with(
              "%s cannot be used: its host is not a host name".formatted(http)));
    }
    return problems;
  }

  private static void check(List<Failure> problems, GithubApp app) {
    if (!app.id().matches("[A-Za-z0-9._-]{1,100}") || !app.installation().matches("[0-9]{1,20}")) {
      problems.add(
          GitFailure.BAD_SETTINGS.with(
              "the GitHub App '%s' with installation '%s': an id and a number are needed"
                  .formatted(app.id(), app.installation())));
      return;
    }
    if (!Optional.ofNullable(app.api().getScheme()).orElse("").matches("https?")
        || app.api().getHost() == null
        || app.api().getUserInfo() != null) {
      problems.add(
          GitFailure.BAD_SETTINGS.with(
              "the API of the GitHub App %s is no https URL, as in %s"
                  .formatted(app.id(), GithubApp.PUBLIC_API)));
    }
    try {
      AppStatement.sign(app, Instant.EPOCH);
    } catch (GitProblemException e) {
      problems.add(e.failure());
    }
  }
}
