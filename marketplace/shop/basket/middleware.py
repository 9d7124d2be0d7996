from oscar.apps.basket import middleware


class BasketMiddleware(middleware.BasketMiddleware): ...
