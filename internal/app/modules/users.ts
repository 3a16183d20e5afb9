import { ContainerModule } from 'inversify';
import { type Config as AppConfig } from '../../../config/config.js';
import { type Route } from '../../../pkg/httpserver/index.js';
import { userRoutes } from '../../controller/http/v1/users.js';
import { UserDirectory } from '../../repo/contracts.js';
import { InMemoryUserDirectory } from '../../repo/persistent/views/user_directory.js';
import { UserEvents, Users } from '../../usecase/contracts.js';
import { UserEventsUseCase } from '../../usecase/users/user_events.js';
import { UsersUseCase } from '../../usecase/users/users.js';
import { ApiRoutes, Config, TopicName, View } from '../tokens.js';

/** Users: their topic, their directory, and the routes to them. */
export const usersModule = new ContainerModule(({ bind }) => {
  bind<TopicName>(TopicName).toDynamicValue((context) => [
    'users',
    context.get<AppConfig>(Config).KAFKA.TOPICS.USER_EVENTS,
  ]);
  bind(UserDirectory).toDynamicValue(() => new InMemoryUserDirectory());
  bind<View>(View).toDynamicValue((context) => () => context.get<UserEvents>(UserEvents).consumeUserEvents());
  bind(UserEvents).to(UserEventsUseCase);
  bind(Users).to(UsersUseCase);
  bind<Route[]>(ApiRoutes).toDynamicValue((context) =>
    userRoutes({
      users: context.get(Users),
      publishTimeoutMs: context.get<AppConfig>(Config).HTTP.PUBLISH_TIMEOUT,
    }),
  );
});
