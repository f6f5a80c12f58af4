// SPDX-License-Identifier: Apache-2.0

/// What this speaker looks at over HTTP: the claims of its peers, and the health of local
/// endpoints.
@NullMarked
package io.gitlb.speaker.watch;

import org.jspecify.annotations.NullMarked;
