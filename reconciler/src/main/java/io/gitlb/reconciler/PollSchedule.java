// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Properties;
import java.util.random.RandomGenerator;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.StdSchedulerFactory;

/// Runs a task at the times that a [PollPace] says, never twice at a time.
final class PollSchedule implements AutoCloseable {

  private static final JobKey JOB = JobKey.jobKey("poll");
  private static final TriggerKey NEXT = TriggerKey.triggerKey("next");

  private final Scheduler scheduler;
  private final PollPace pace;
  private final InstantSource clock;
  private final Runnable task;
  private boolean closed;

  private PollSchedule(Scheduler scheduler, PollPace pace, InstantSource clock, Runnable task) {
    this.scheduler = scheduler;
    this.pace = pace;
    this.clock = clock;
    this.task = task;
  }

  /// Starts with a first turn after about one interval.
  static PollSchedule every(
      Duration interval, InstantSource clock, RandomGenerator chance, Runnable task) {
    try {
      Properties properties = new Properties();
      properties.setProperty(StdSchedulerFactory.PROP_SCHED_INSTANCE_NAME, "gitlb-poll");
      properties.setProperty(StdSchedulerFactory.PROP_SCHED_MAKE_SCHEDULER_THREAD_DAEMON, "true");
      properties.setProperty(
          StdSchedulerFactory.PROP_THREAD_POOL_CLASS, "org.quartz.simpl.SimpleThreadPool");
      properties.setProperty("org.quartz.threadPool.threadCount", "1");
      properties.setProperty("org.quartz.threadPool.makeThreadsDaemons", "true");
      PollSchedule schedule =
          new PollSchedule(
              new StdSchedulerFactory(properties).getScheduler(),
              new PollPace(interval, chance, clock.instant()),
              clock,
              task);
      schedule.start();
      return schedule;
    } catch (SchedulerException e) {
      throw new IllegalStateException("the schedule of the polls cannot be set up", e);
    }
  }

  private synchronized void start() throws SchedulerException {
    scheduler.setJobFactory((_, _) -> new Turn(this));
    scheduler.addJob(JobBuilder.newJob(Turn.class).withIdentity(JOB).storeDurably().build(), false);
    plan(pace.next());
    scheduler.start();
  }

  /// Somebody says that there is something new. Returns at once; the task runs as soon as the pace
  /// allows, once for all who say so meanwhile.
  synchronized void soon() {
    pace.ask(clock.instant()).ifPresent(this::plan);
  }

  private synchronized void plan(Instant at) {
    if (closed) {
      return;
    }
    try {
      scheduler.unscheduleJob(NEXT);
      scheduler.scheduleJob(
          TriggerBuilder.newTrigger()
              .withIdentity(NEXT)
              .forJob(JOB)
              .startAt(Date.from(at))
              .build());
    } catch (SchedulerException e) {
      throw new IllegalStateException("the next poll cannot be planned", e);
    }
  }

  private void turn() {
    synchronized (this) {
      pace.begin(clock.instant());
    }
    try {
      task.run();
    } finally {
      synchronized (this) {
        pace.end(clock.instant());
        plan(pace.next());
      }
    }
  }

  /// One turn.
  @DisallowConcurrentExecution
  private record Turn(PollSchedule schedule) implements Job {

    @Override
    public void execute(JobExecutionContext context) {
      schedule.turn();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    try {
      scheduler.shutdown();
    } catch (SchedulerException e) {
      throw new IllegalStateException("the schedule of the polls does not stop", e);
    }
  }
}
