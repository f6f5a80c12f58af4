// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.jgit.errors.TransportException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Tokens of an App's installation, which stand in for a password for an hour each.
///
/// GitHub, "Generating an installation access token for a GitHub App": a signed statement of who we
/// are buys a token; nothing else of the API is used.
final class GithubTokens {

  /// Well before the hour is over; a conversation that begins then still ends with it.
  static final Duration REFRESH = Duration.ofMinutes(50);

  private static final JsonFactory JSON = new JsonFactory();
  private static final int CREATED = 201;

  /// An answer has less than 2 KiB.
  private static final long MOST_ANSWER_BYTES = 64 * 1024;

  private final GithubApp app;
  private final InstantSource clock;
  private Optional<Held> held = Optional.empty();

  /// @param token never shown
  /// @param isUsed it was good for a conversation before this one
  private record Held(String token, Instant since, boolean isUsed) {

    @Override
    public String toString() {
      return "(token)";
    }
  }

  GithubTokens(GithubApp app, InstantSource clock) {
    this.app = app;
    this.clock = clock;
  }

  /// A token that is fresh enough, got now if need be.
  ///
  /// @param client knows the way: proxy and trust
  /// @param limit for the answer to begin
  synchronized String token(HttpClient client, Duration limit)
      throws InterruptedException, GitProblemException {
    Instant now = clock.instant();
    if (held.isEmpty() || !now.isBefore(held.get().since().plus(REFRESH))) {
      held = Optional.empty();
      held = Optional.of(new Held(fetch(client, limit, now), now, false));
    } else {
      held = held.map(token -> new Held(token.token(), token.since(), true));
    }
    return held.orElseThrow().token();
  }

  /// The server does not take the token any more: somebody revoked it, or it ran out.
  ///
  /// @return whether another one may do: not when it was just got
  synchronized boolean forget(String token) {
    boolean old = held.filter(now -> now.token().equals(token) && now.isUsed()).isPresent();
    held = held.filter(now -> !now.token().equals(token));
    return old;
  }

  private String fetch(HttpClient client, Duration limit, Instant now)
      throws InterruptedException, GitProblemException {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint())
            .timeout(limit)
            .header("Authorization", "Bearer " + AppStatement.sign(app, now))
            .header("Accept", "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28")
            .header("User-Agent", "gitlb")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<byte[]> answer = send(client, request);
    if (answer.statusCode() != CREATED) {
      throw refused(answer.statusCode());
    }
    return token(answer.body())
        .orElseThrow(() -> problem("it answers without a token. Check the API's URL"));
  }

  private HttpResponse<byte[]> send(HttpClient client, HttpRequest request)
      throws InterruptedException, GitProblemException {
    try {
      return client.send(
          request,
          HttpResponse.BodyHandlers.limiting(
              HttpResponse.BodyHandlers.ofByteArray(), MOST_ANSWER_BYTES));
    } catch (IOException e) {
      // Of another server than the repository's: the message shall say so.
      throw new GitProblemException(
          new Faults("the GitHub API " + app.api()).of(new TransportException("no token", e)));
    }
  }

  private URI endpoint() {
    String base = app.api().toString().replaceAll("/+$", "");
    return URI.create(base + "/app/installations/" + app.installation() + "/access_tokens");
  }

  /// What the server says beside the number is not repeated: it saw our statement.
  private GitProblemException refused(int status) {
    String advice =
        switch (status) {
          case 401 -> "Check the App's id and key, and this machine's clock";
          case 403 -> "The installation may be suspended";
          case 404 -> "Check the number of the installation, and the API's URL";
          default -> "It is tried again";
        };
    return problem("it answers with %d. %s".formatted(status, advice));
  }

  private GitProblemException problem(String found) {
    return new GitProblemException(
        GitFailure.APP_TOKEN,
        "no token for the GitHub App %s from %s: %s".formatted(app.id(), app.api(), found));
  }

  private static Optional<String> token(byte[] answer) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), answer)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = "token".equals(parser.currentName());
        if (parser.nextToken() == JsonToken.VALUE_STRING && wanted) {
          // Goes into a header: nothing but what GitHub's tokens are made of.
          return Optional.of(parser.getString()).filter(text -> text.matches("[!-~]{1,1024}"));
        }
        parser.skipChildren();
      }
    } catch (JacksonException _) {
      // The same as an answer without a token.
    }
    return Optional.empty();
  }
}
