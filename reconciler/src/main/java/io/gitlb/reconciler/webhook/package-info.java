// SPDX-License-Identifier: Apache-2.0
/// Takes the webhooks of Git servers. A delivery that proves that it comes from somebody who knows
/// a secret means "look at the branch now" and nothing else: what it says is used at most to leave
/// it alone, never to act. Whoever has the secret can therefore cause one poll a second, no more;
/// and whoever suppresses deliveries delays a change by one poll interval.
@NullMarked
package io.gitlb.reconciler.webhook;

import org.jspecify.annotations.NullMarked;
