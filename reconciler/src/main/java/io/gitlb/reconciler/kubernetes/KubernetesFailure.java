// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.gitlb.reconciler.loop.Failure;
import java.io.IOException;
import java.util.Optional;

/// What can go wrong with the API server, each with its permanent code.
enum KubernetesFailure {
  AWAY("GLB3001"),
  UNAUTHORIZED("GLB3002"),
  FORBIDDEN("GLB3003"),
  GONE("GLB3004"),
  CONFLICT("GLB3005"),
  REFUSED("GLB3006"),
  BAD_KUBECONFIG("GLB3007");

  private final String code;

  KubernetesFailure(String code) {
    this.code = code;
  }

  /// The failure that an exception of the client stands for.
  ///
  /// @param what the attempted call, as in `write the status of demo/web`
  /// @param server the API server's URL
  static Failure of(String what, String server, Throwable cause) {
    Optional<KubernetesClientException> answer = clientException(cause);
    int status = answer.map(KubernetesClientException::getCode).orElse(0);
    return switch (status) {
      case 0 ->
          AWAY.failure(
              what,
              "the API server "
                  + server
                  + " does not answer ("
                  + reason(cause)
                  + "); waiting for it");
      case 401 ->
          UNAUTHORIZED.failure(
              what,
              "the API server "
                  + server
                  + " does not accept our credentials; renew the service account token or the kubeconfig");
      case 403 ->
          FORBIDDEN.failure(
              what,
              "the API server forbids it ("
                  + reason(cause)
                  + "); apply the RBAC of deploy/kustomize");
      case 404 -> GONE.failure(what, "it is not there any more");
      case 409 ->
          CONFLICT.failure(
              what, "it has been replaced or changed meanwhile (" + reason(cause) + ")");
      default ->
          REFUSED.failure(what, "the API server answered " + status + " (" + reason(cause) + ")");
    };
  }

  /// Whether the server has understood and will not have it: without the right, or without such
  /// objects. Anything else may be over in a moment.
  static boolean isRefusal(Throwable cause) {
    return clientException(cause)
        .map(KubernetesClientException::getCode)
        .filter(code -> code == 401 || code == 403 || code == 404)
        .isPresent();
  }

  Failure failure(String what, String why) {
    return new Failure(code, "cannot " + what + ": " + why);
  }

  private static Optional<KubernetesClientException> clientException(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      // The client says 0 or -1 when there was no answer.
      if (t instanceof KubernetesClientException exception && exception.getCode() > 0) {
        return Optional.of(exception);
      }
    }
    return Optional.empty();
  }

  /// The innermost message, in one line and without the client's boiler-plate.
  private static String reason(Throwable cause) {
    Throwable innermost = cause;
    while (innermost.getCause() != null && !(innermost instanceof IOException)) {
      innermost = innermost.getCause();
    }
    if (innermost instanceof KubernetesClientException exception
        && exception.getStatus() != null
        && exception.getStatus().getMessage() != null) {
      return oneLine(exception.getStatus().getMessage());
    }
    String message = innermost.getMessage();
    return message == null ? innermost.getClass().getSimpleName() : oneLine(message);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
